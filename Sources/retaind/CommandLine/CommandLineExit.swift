import Operations

/// Why a command is not run: somebody asked for help, or the command line is wrong.
enum CommandLineExit: Error, Sendable, Equatable {
  /// Help was asked for: print it on standard output.
  case help(String)
  /// The command line is wrong: print it on standard error. `command` is the command as it was called, such as `retaind replay`.
  case usage(command: String, problem: String)

  /// What to print, without a line feed at the end.
  var text: String {
    switch self {
    case .help(let text): text
    case .usage(let command, let problem): "\(command): \(problem)\nTry '\(command) --help'."
    }
  }

  /// 0 for help, 64 for a wrong command line.
  var exitCode: ExitCode {
    switch self {
    case .help: .success
    case .usage: .usage
    }
  }
}
