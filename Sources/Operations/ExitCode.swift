/// How the process ends: the numbers of BSD's sysexits.h, so that a script and a service manager can tell the cases apart.
public enum ExitCode: Int32, Sendable, CaseIterable {
  /// It did what it was asked.
  case success = 0
  /// It was told a second time to stop and left what it was doing.
  case forced = 1
  /// The command line is wrong (EX_USAGE). The message says what is known instead.
  case usage = 64
  /// The input of a command is not what it must be (EX_DATAERR).
  case badData = 65
  /// A file to read is missing or cannot be read (EX_NOINPUT).
  case noInput = 66
  /// Kafka, or a part of it that is needed, cannot be reached in time (EX_UNAVAILABLE). Starting again may help.
  case unavailable = 69
  /// A fault of this program (EX_SOFTWARE). Please report it with the log.
  case software = 70
  /// A file or the standard output cannot be written (EX_IOERR).
  case inputOutput = 74
  /// The broker or the file system refuses the permission (EX_NOPERM).
  case noPermission = 77
  /// The configuration, the rules or the wording are wrong (EX_CONFIG). Starting again does not help: the message says what does.
  case badConfiguration = 78
}
