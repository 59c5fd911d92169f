/// The properties this module sets, each for a reason. `suggested` ones give way to the configuration; one that contradicts
/// a `required` one is refused, because the promises of the module hang on it.
struct ClientDefaults {
  let suggested: [String: String]
  let required: [String: String]

  /// Nagle's algorithm holds a small request back until what was sent before is acknowledged, which a broker's system may delay
  /// by 40 ms: a commit is a chain of small requests.
  private static let sendsAtOnce = "true"

  static let consumer = ClientDefaults(
    suggested: [
      "socket.nagle.disable": sendsAtOnce,
      // Nothing of a transaction that was not committed is ever seen.
      "isolation.level": "read_committed",
      // A position that is gone is an error for the operator, not a reason to skip or repeat input.
      "auto.offset.reset": "error",
      // A full fetch queue backs off for a whole second. Bound the memory by bytes, not by messages, to fill it rarely.
      "queued.min.messages": "10000000",
      "queued.max.messages.kbytes": "131072",
    ],
    required: [
      // Offsets are committed by the producer, in the transaction of what they caused.
      "enable.auto.commit": "false",
      "enable.auto.offset.store": "false",
      // Who has read everything is told so.
      "enable.partition.eof": "true",
      // Gives one member the same partition of every topic with the same count. Cooperative assignment hangs in 2.0.2.
      "partition.assignment.strategy": "range",
    ])

  static func transactionalProducer(id: String) -> ClientDefaults {
    ClientDefaults(
      suggested: [
        "compression.type": "lz4",
        "socket.nagle.disable": sendsAtOnce,
        // Fills batches; a commit sends at once what lingers.
        "linger.ms": "20",
        // Bounds the memory while a broker takes nothing: what produces waits then. librdkafka's own bound is a gigabyte.
        "queue.buffering.max.kbytes": "65536",
        // What another producer was allowed to write must fit with headers added, as a dead letter or forwarded.
        "message.max.bytes": "16000000",
        // The hash of Java clients, so that other producers agree on who owns a key.
        "partitioner": "murmur2_random",
      ],
      required: [
        "transactional.id": id,
        "enable.idempotence": "true",
      ])
  }

  /// An admin client only asks: a consumer in no group, because a producer's metadata requests create topics.
  static let admin = ClientDefaults(suggested: ["allow.auto.create.topics": "false"], required: [:])

  /// The client an embedded broker needs for its bookkeeping; it connects to nothing.
  static let embeddedBroker = ClientDefaults(suggested: [:], required: [:])
}
