import Foundation
import Simulation

/// The command: runs the engine on simulated clusters under every fault, and says what broke.
@main
struct Simulate {
  static func main() {
    makeHashingRepeatable()
    let options: Options
    do {
      options = try Options(CommandLine.arguments.dropFirst())
    } catch {
      FileHandle.standardError.write(Data("simulate: \(error)\n".utf8))
      exit(64)
    }
    do {
      exit(try run(options) ? 0 : 1)
    } catch {
      FileHandle.standardError.write(Data("simulate: \(error)\n".utf8))
      exit(70)
    }
  }

  /// Whether nothing was found; with mutants, whether each was.
  private static func run(_ options: Options) throws -> Bool {
    switch options.task {
    case .help:
      print(Options.help)
      return true
    case .seeds:
      return try Campaign(options).run()
    case .seed(let seed, let isTraced):
      let run = Run(seed: seed, program: try Run.program(), trace: isTraced ? { print($0) } : nil)
      let result = run.play()
      print(result.violations.isEmpty ? "seed \(seed): no violation" : Campaign.describe(result))
      return result.violations.isEmpty
    case .mutants:
      return try MutantTree(options).run()
    }
  }

  /// The order of a dictionary differs from process to process unless this variable is set before the process starts; a
  /// seed must mean the same run each time.
  private static func makeHashingRepeatable() {
    let name = "SWIFT_DETERMINISTIC_HASHING"
    guard ProcessInfo.processInfo.environment[name] == nil else { return }
    setenv(name, "1", 1)
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv("/proc/self/exe", arguments)
    perror("simulate: cannot start itself again")
    exit(70)
  }
}
