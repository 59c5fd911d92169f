import Engine
import Retention

@testable import retaind

/// A deployment file of any bytes with any environment. What is refused is refused with a problem; what is accepted is
/// within its bounds, has a name of its own for every topic, and leaves alone what exactly-once rests on.
struct ConfigurationTarget: FuzzTarget {
  static let name = "configuration"

  func run(_ bytes: [UInt8]) {
    let document = Document(bytes)
    let environment = document.lines.map {
      (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value ?? [], as: UTF8.self))
    }
    let deployment: Deployment
    do throws(ConfigurationError) {
      deployment = try Deployment(
        json5: document.body, environment: Dictionary(environment, uniquingKeysWith: { $1 }))
    } catch {
      return require(!error.problem.isEmpty, "refused without a reason")
    }
    check(deployment)
  }

  private func check(_ deployment: Deployment) {
    let engine = deployment.engine
    require((0...1_024).contains(deployment.workers), "\(deployment.workers) workers")
    require((1...10_000).contains(deployment.partitions), "\(deployment.partitions) partitions")
    require((1...1_000_000).contains(engine.commitRecords), "\(engine.commitRecords) records")
    require(engine.commitInterval > .zero && engine.commitInterval <= .seconds(10), "\(engine.commitInterval)")
    require(engine.checkpointInterval > .zero && engine.restoreDeadline > .zero, "an interval of nothing")
    require(engine.deadLetterLimit.records <= engine.deadLetterLimit.window, "a limit beyond its window")
    let topics = engine.topics.inputs + engine.topics.outputs
    require(Set(topics).count == 9 && !topics.contains(""), "topics without a name of their own: \(topics)")
    for name in [engine.group, engine.instance] {
      require(!name.isEmpty && !name.contains("/") && name != "..", "the name \"\(name)\" is no file name")
    }
    require(deployment.kafka["group.id"] == nil && deployment.kafka["transactional.id"] == nil, "a reserved property")
    require(deployment.kafka["sasl.password"] == nil, "a secret in the file")
  }
}
