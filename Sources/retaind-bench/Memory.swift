import Foundation

/// What a customer takes of the daemon's memory.
struct Memory {
  let customers: Int
  /// Of what is remembered of all of them, as it is stored.
  let encodedBytes: Int
  let residentBytes: Int
  let emptyBytes: Int

  /// Resident bytes of a daemon without a customer, on empty topics.
  static func ofEmptyDaemon(_ daemons: Daemons) throws -> Int {
    let daemon = try daemons.startApart()
    defer { daemon.end() }
    _ = try daemon.waitUntilReady()
    settle()
    let bytes = try daemon.residentBytes()
    try daemon.stop()
    return bytes
  }

  /// Of a daemon that has restored that many customers and got no input since.
  static func measure(_ daemon: DaemonProcess, customers: Int, emptyBytes: Int) throws -> Memory {
    settle()
    let metrics = try daemon.wait(for: "\(customers) customers in the metrics", within: .seconds(10)) {
      $0.total("retaind_state_customers") == customers
    }
    return Memory(
      customers: customers, encodedBytes: metrics.total("retaind_state_bytes"),
      residentBytes: try daemon.residentBytes(), emptyBytes: emptyBytes)
  }

  /// Lets it finish what it does behind its readiness, such as closing the reader of the changelog.
  private static func settle() { Thread.sleep(forTimeInterval: 1) }

  var measures: [Measure] {
    let count = Double(max(1, customers))
    let (resident, encoded) = (Double(residentBytes - emptyBytes) / count, Double(encodedBytes) / count)
    return [
      Measure("emptyResidentMB", "resident without customers", Double(emptyBytes) / 1_048_576, "MB"),
      Measure("restoredResidentMB", "resident after the checkpoint", Double(residentBytes) / 1_048_576, "MB"),
      Measure("residentBytesPerCustomer", "  more", resident, "bytes/customer"),
      Measure("encodedBytesPerCustomer", "  encoded", encoded, "bytes/customer"),
      Measure("overheadBytesPerCustomer", "  overhead", resident - encoded, "bytes/customer"),
    ]
  }
}
