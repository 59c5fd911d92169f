import Foundation

/// What the command line asks for.
struct Options {
  var events = 400_000
  var customers = 1_000_000
  var workers = 2
  /// Nil for as many as suit the broker.
  var partitions: Int?
  /// Nil when nothing is to be measured at a fixed rate.
  var pace: FixedRate.Pace? { rate > 0 ? FixedRate.Pace(rate: rate, seconds: rateSeconds) : nil }
  /// Nil when the daemon is not to be idle.
  var idleSeconds: Int? { idle > 0 ? idle : nil }
  var bootstrap: String?
  var json = false
  /// Measure single steps instead.
  var micro = false
  var configuration = URL(fileURLWithPath: "Config")
  /// In the process that is the raw loop.
  var raw: RawLoop?
  private var rate = 20_000
  private var rateSeconds = 10
  private var idle = 5

  /// Help, or what is wrong with the command line.
  struct Usage: Error {
    let text: String
    let isHelp: Bool
  }

  private static let help = """
    Usage: retaind-bench [--quick | --micro] [--json] [--events N] [--customers N] [--workers N] [--partitions N]
                         [--rate N] [--rate-seconds S] [--idle-seconds S] [--bootstrap HOST:PORT] [--config-dir DIR]

    Writes a backlog of events (15 % paid orders, 25 % scans, 60 % views, customers by Zipf's law), lets the daemon beside this
    program take it, and then a raw loop over the same client library with as many records of the same size. Prints what an
    event costs in CPU time of the daemon's process and of the raw loop's, and the ratio. Then starts the daemon again, with its
    checkpoints, which gives the memory per customer and the cost of being idle, and without. Then writes events at a fixed
    rate and measures when a reader of committed records sees what comes of them.

      --quick           20,000 events of 2,000 customers, 2,000 a second for 2 seconds, idle for 1
      --json            one JSON object instead of the table
      --micro           measure the steps of an event by themselves instead: nanoseconds and allocations of each
      --events N        how many events (default 400000)
      --customers N     of how many customers (default 1000000)
      --workers N       the daemon's workers (default 2)
      --partitions N    partitions of every topic (default 8, on the broker in this process 16)
      --rate N          events a second at the fixed rate (default 20000); 0 leaves it out
      --rate-seconds S  for how long (default 10)
      --idle-seconds S  how long to watch the idle daemon (default 5); 0 leaves it out
      --bootstrap A     a Kafka cluster; without it a broker in this process, whose speed says nothing, and which shows records
                        before they are committed
      --config-dir D    where rules.json and the wording files are (default Config)
    """

  init(_ words: some Sequence<String>) throws {
    var words = Array(words)[...]
    if words.first == "--raw-loop" {
      raw = try RawLoop.read(from: .standardInput)
      return
    }
    while let word = words.popFirst() {
      switch word {
      case "--quick": (events, customers, rate, rateSeconds, idle) = (20_000, 2_000, 2_000, 2, 1)
      case "--json": json = true
      case "--micro": micro = true
      case "--events": events = try Self.number(word, &words)
      case "--customers": customers = try Self.number(word, &words)
      case "--workers": workers = try Self.number(word, &words)
      case "--partitions": partitions = try Self.number(word, &words)
      case "--rate": rate = try Self.number(word, &words, least: 0)
      case "--rate-seconds": rateSeconds = try Self.number(word, &words)
      case "--idle-seconds": idle = try Self.number(word, &words, least: 0)
      case "--bootstrap": bootstrap = try Self.value(word, &words)
      case "--config-dir": configuration = URL(fileURLWithPath: try Self.value(word, &words))
      case "--help", "-h": throw Usage(text: Self.help, isHelp: true)
      default: throw Usage(text: "retaind-bench: \(word) is no option\n\n" + Self.help, isHelp: false)
      }
    }
  }

  private static func value(_ option: String, _ words: inout ArraySlice<String>) throws -> String {
    guard let value = words.popFirst() else {
      throw Usage(text: "retaind-bench: \(option) needs a value", isHelp: false)
    }
    return value
  }

  private static func number(_ option: String, _ words: inout ArraySlice<String>, least: Int = 1) throws -> Int {
    guard let number = Int(try value(option, &words)), number >= least else {
      throw Usage(text: "retaind-bench: \(option) needs a number from \(least) up", isHelp: false)
    }
    return number
  }

}
