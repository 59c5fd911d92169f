import CRdKafka

extension ClientConfiguration {
  /// librdkafka's configuration object of these properties over the defaults. The caller hands it to a client or destroys it.
  func applied(over defaults: ClientDefaults) throws(KafkaError) -> OpaquePointer {
    let target: OpaquePointer = rd_kafka_conf_new()
    do throws(KafkaError) {
      for (property, value) in defaults.required {
        if let contradiction = properties[property], contradiction != value {
          throw ClientConfiguration.refusal(
            "property \"\(property)\" must be \"\(value)\": leave it out of the Kafka properties")
        }
      }
      for properties in [defaults.suggested, defaults.required, properties] {
        for (property, value) in properties.sorted(by: { $0.key < $1.key }) {
          try set(property, to: value, in: target)
        }
      }
    } catch {
      rd_kafka_conf_destroy(target)
      throw error
    }
    return target
  }

  private func set(_ property: String, to value: String, in target: OpaquePointer) throws(KafkaError) {
    var text = [CChar](repeating: 0, count: 512)
    switch rd_kafka_conf_set(target, property, value, &text, text.count) {
    case RD_KAFKA_CONF_OK:
      return
    case RD_KAFKA_CONF_UNKNOWN:
      let version = String(cString: rd_kafka_version_str())
      throw ClientConfiguration.refusal(
        "there is no property \"\(property)\" in librdkafka \(version): correct its name")
    default:
      // librdkafka repeats the value, or a part of it, in its text.
      let reason = ClientConfiguration.isSecret(property) ? "its value is not accepted" : masking(string(text))
      throw ClientConfiguration.refusal("property \"\(property)\": \(reason)")
    }
  }

  static func refusal(_ message: String) -> KafkaError {
    KafkaError(code: "_INVALID_ARG", message: message, operation: "configure client", recovery: .stop)
  }
}
