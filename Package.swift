// swift-tools-version: 6.2
import PackageDescription

/// `deploy/fuzz` builds with sanitizers, which bring a runtime of their own.
let isFuzzed = Context.environment["RETAIND_FUZZ"] != nil

/// A release holds the Swift runtime: it runs where no Swift is, and a reference is counted by a call that needs no look-up of where
/// the function lies, which is a tenth of what an event costs.
let staticRuntime = isFuzzed ? [] : ["-static-stdlib"]

/// `Lifetimes` lets the JSON reader and a borrowed Kafka record hold a `Span` of the message's bytes without copying them.
let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  // An access to a property of an object is checked as the program runs, which is 4 % of what an event costs. The tests are
  // built for debugging, and run with these checks.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
  // The engine calls the business, the business its values: what is small is inlined across modules.
  .unsafeFlags(staticRuntime + ["-cross-module-optimization"], .when(configuration: .release)),
]
/// Whoever compiles with the static runtime links with it.
let linking: [LinkerSetting] = [.unsafeFlags(staticRuntime, .when(configuration: .release))]

let package = Package(
  name: "retaind",
  products: [.executable(name: "retaind", targets: ["retaind"])],
  targets: [
    .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    .target(name: "CAllocations"),
    .target(name: "Kafka", dependencies: ["CRdKafka"], swiftSettings: settings),
    .target(name: "Retention", swiftSettings: settings),
    .target(name: "Operations", swiftSettings: settings),
    .target(name: "Engine", dependencies: ["Kafka", "Retention", "Operations"], swiftSettings: settings),
    .executableTarget(
      name: "retaind", dependencies: ["Engine", "Kafka", "Retention", "Operations"], swiftSettings: settings,
      linkerSettings: linking),
    .target(
      name: "Simulation", dependencies: ["Engine", "Kafka", "Retention", "Operations"], swiftSettings: settings),
    .executableTarget(
      name: "simulate", dependencies: ["Simulation"], swiftSettings: settings, linkerSettings: linking),
    .executableTarget(
      name: "retaind-bench", dependencies: ["CAllocations", "CRdKafka", "Engine", "Kafka", "Retention", "Operations"],
      swiftSettings: settings, linkerSettings: linking),
    .testTarget(name: "KafkaTests", dependencies: ["Kafka"], swiftSettings: settings),
    .testTarget(name: "RetentionTests", dependencies: ["Retention"], swiftSettings: settings),
    .testTarget(name: "OperationsTests", dependencies: ["Operations"], swiftSettings: settings),
    .testTarget(
      name: "retaindTests", dependencies: ["retaind", "Engine", "Kafka", "Retention", "Operations"],
      swiftSettings: settings),
    .testTarget(
      name: "SimulationTests", dependencies: ["simulate", "Simulation", "Engine", "Kafka", "Retention"],
      swiftSettings: settings),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "Kafka", "Retention", "Operations", "Simulation"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

/// `deploy/fuzz` builds all modules with the instrumentation of libFuzzer, which brings the entry point: so the daemon's is
/// called otherwise then, and its module is a library.
if isFuzzed {
  package.products = []
  package.targets.removeAll { $0.name == "retaind" || $0.type == .test }
  package.targets += [
    .target(
      name: "retaind", dependencies: ["Engine", "Kafka", "Retention", "Operations"],
      swiftSettings: settings + [
        .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "retaind_main"])
      ]),
    .executableTarget(
      name: "retaind-fuzz", dependencies: ["retaind", "Engine", "Kafka", "Retention", "Operations"], path: "Tests/Fuzz",
      exclude: ["Corpus", "Dictionaries", "choose_inputs.py"], swiftSettings: settings),
  ]
}
