import Foundation

/// A copy of the package in which the engine can be broken in every listed way, one at a time: all mutants are built at
/// once, and an environment variable wakes one of them. The package itself knows nothing of it.
struct MutantTree {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let options: Options
  private let root = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
  private var tree: URL { root.appendingPathComponent(".build/mutants/tree") }
  private var build: URL { root.appendingPathComponent(".build/mutants/build") }

  init(_ options: Options) { self.options = options }

  /// Whether every mutant was found.
  func run() throws -> Bool {
    try copy()
    for mutant in Mutant.all { for edit in mutant.edits { try apply(edit, of: mutant) } }
    try """
    import Foundation

    /// The mutant that is awake.
    let mutant = ProcessInfo.processInfo.environment["RETAIND_MUTANT"] ?? ""
    """.write(to: tree.appendingPathComponent("Sources/Engine/Mutation.swift"), atomically: true, encoding: .utf8)
    try swiftBuild()
    var survivors: [String] = []
    guard try seeds(until: "").found == nil else {
      throw Failure(description: "seeds fail while no mutant is awake; mend that first")
    }
    for mutant in Mutant.all {
      let (found, how) = try seeds(until: mutant.name)
      print("\(mutant.name): \(found.map { "found by seed \($0): \(how)" } ?? "NOT FOUND by \(options.seeds) seeds")")
      // Somebody may be waiting behind a pipe.
      fflush(nil)
      if found == nil { survivors.append(mutant.name) }
    }
    print("\(Mutant.all.count) mutants, \(Mutant.all.count - survivors.count) found")
    return survivors.isEmpty
  }

  private func copy() throws {
    let files = FileManager.default
    guard files.fileExists(atPath: root.appendingPathComponent("Sources/Engine/Worker.swift").path) else {
      throw Failure(description: "run it in the package's directory")
    }
    try? files.removeItem(at: tree)
    try files.createDirectory(at: tree, withIntermediateDirectories: true)
    for name in ["Package.swift", "Sources", "Config"] {
      try files.copyItem(at: root.appendingPathComponent(name), to: tree.appendingPathComponent(name))
    }
    // The package names its tests, but they are not built.
    try files.createSymbolicLink(
      at: tree.appendingPathComponent("Tests"), withDestinationURL: root.appendingPathComponent("Tests"))
  }

  private func apply(_ edit: Mutant.Edit, of mutant: Mutant) throws {
    let file = tree.appendingPathComponent("Sources/Engine/\(edit.file)")
    guard let broken = edit.applied(to: try String(contentsOf: file, encoding: .utf8)) else {
      throw Failure(description: "\(mutant.name): its place is not once in \(edit.file); write it anew")
    }
    try broken.write(to: file, atomically: true, encoding: .utf8)
  }

  private func swiftBuild() throws {
    let (status, output) = try execute(
      "/usr/bin/env",
      [
        "swift", "build", "--configuration", "release", "--product", "simulate", "--package-path", tree.path,
        "--scratch-path", build.path,
      ])
    guard status == 0 else { throw Failure(description: "the mutants do not build:\n\(output)") }
  }

  /// The first seed that finds the mutant, and the first thing that it finds.
  private func seeds(until mutant: String) throws -> (found: String?, how: String) {
    let count = mutant.isEmpty ? min(options.seeds, 1_000) : options.seeds
    let (status, output) = try execute(
      build.appendingPathComponent("release/simulate").path,
      ["--seeds", "\(count)", "--jobs", "\(options.jobs)", "--stop-at-first"], ["RETAIND_MUTANT": mutant])
    guard status != 0 else { return (nil, "") }
    let lines = output.split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("seed ") }) else {
      // A mutant may well run into a trap of its own making.
      return ("?", "it ends the process")
    }
    let how = lines.drop { $0 != line }.dropFirst().first ?? ""
    return (
      String(line.dropFirst(5).prefix { $0.isNumber }), String(how.trimmingCharacters(in: .whitespaces).prefix(100))
    )
  }

  private func execute(
    _ program: String, _ arguments: [String], _ more: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(more) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
