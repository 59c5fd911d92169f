import Foundation

/// What the command line asks for.
struct Options {
  enum Task: Equatable {
    case help
    case seeds
    case seed(UInt64, isTraced: Bool)
    case mutants
  }

  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var task = Task.seeds
  private(set) var seeds: UInt64 = 1_000
  private(set) var from: UInt64 = 0
  private(set) var jobs = ProcessInfo.processInfo.activeProcessorCount
  /// No new seed is begun after so many seconds.
  private(set) var seconds: Double?
  /// The first violation ends it.
  private(set) var stopsAtFirst = false

  static let help = """
    Runs the engine on simulated Kafka clusters under every fault, and compares what comes out with a plain loop.

    usage: simulate [--seeds N] [--from S] [--seconds T] [--jobs J] [--stop-at-first]
           simulate --seed S [--trace]
           simulate --mutants [--seeds N] [--jobs J]

      --seeds N        how many runs, one a seed (1000)
      --from S         the first seed (0)
      --seconds T      begin no new run after T seconds
      --jobs J         runs at a time (one a core)
      --stop-at-first  end at the first violation
      --seed S         one run, the same each time
      --trace          print everything that happens in it
      --mutants        break the engine on purpose, one way after the other, in a copy of this package (run it in the
                       package's directory), and see that N seeds at the most (100000) find each

    Exit codes: 0 no violation (with --mutants: every mutant found), 1 otherwise, or when a kind of fault never came up, 64 usage, 70 it could not be run.
    """

  init(_ words: some Sequence<String>) throws(Problem) {
    var words = Array(words)[...]
    var seed: UInt64?
    var isTraced = false
    var wantsMutants = false
    while let word = words.popFirst() {
      switch word {
      case "--help", "-h": task = .help
      case "--seeds": seeds = try number(after: word, &words)
      case "--from": from = try number(after: word, &words)
      case "--jobs": jobs = Int(clamping: try number(after: word, &words))
      case "--seconds": seconds = Double(try number(after: word, &words))
      case "--stop-at-first": stopsAtFirst = true
      case "--seed": seed = try number(after: word, &words)
      case "--trace": isTraced = true
      case "--mutants":
        wantsMutants = true
        // The rarest of them took one in 14,000 to be found.
        seeds = 100_000
      default: throw Problem(description: "unknown option '\(word)'; see --help")
      }
    }
    guard jobs > 0 else { throw Problem(description: "--jobs must be at least 1") }
    guard task != .help else { return }
    guard !isTraced || seed != nil else { throw Problem(description: "--trace goes with --seed") }
    if let seed { task = .seed(seed, isTraced: isTraced) }
    if wantsMutants { task = .mutants }
  }
}

private func number(after option: String, _ words: inout ArraySlice<String>) throws(Options.Problem) -> UInt64 {
  guard let word = words.popFirst(), let number = UInt64(word) else {
    throw Options.Problem(description: "\(option) takes a whole number")
  }
  return number
}
