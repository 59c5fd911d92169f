import Foundation

/// What the process takes of the machine, from /proc/self.
struct ProcessUsage: Equatable {
  /// CPU time of user and system, in seconds.
  let cpuSeconds: Double
  /// Memory that is resident, in bytes.
  let residentBytes: Int
  /// Open file descriptors.
  let openFiles: Int

  /// As of now; nil where there is no /proc.
  static func now() -> ProcessUsage? {
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      // The name, in parentheses, may hold anything.
      let end = text.lastIndex(of: ")"),
      let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    else { return nil }
    // proc(5): utime and stime are fields 14 and 15 in clock ticks, rss is field 24 in pages; the first after the name is 3.
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]), let pages = Int(fields[21])
    else { return nil }
    return ProcessUsage(
      cpuSeconds: (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))),
      residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)), openFiles: files)
  }
}
