import Glibc

/// The journal's socket, as systemd names it to a service in `JOURNAL_STREAM` (`device:inode`, decimal).
public struct JournalStream: Sendable, Equatable {
  private let device: UInt64
  private let inode: UInt64

  /// The socket that the variable's value names; nil when it is unset or not of that form.
  public init?(_ value: String?) {
    let parts = (value ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return nil }
    self.device = device
    self.inode = inode
  }

  /// Whether `descriptor` is that socket. The variable alone does not say so: a child inherits it with its output
  /// redirected (systemd.exec(5), `$JOURNAL_STREAM`), and a priority prefix would spoil that output.
  public func isConnected(to descriptor: CInt) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
  }
}
