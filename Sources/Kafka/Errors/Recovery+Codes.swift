import CRdKafka

extension Recovery {
  /// The recovery that a code alone decides, whatever the call; nil when it depends on the call.
  ///
  /// Refusals go first: librdkafka calls some of them fatal or abortable, but a new client would be refused as well.
  static func decided(by code: rd_kafka_resp_err_t) -> Recovery? {
    switch code {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE,
      RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
      .stop
    case RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__NOT_CONFIGURED, RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED,
      RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT,
      RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
      RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
      RD_KAFKA_RESP_ERR_INVALID_CONFIG, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
      RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      .stop
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
      RD_KAFKA_RESP_ERR_INVALID_RECORD:
      .stop
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      .stop
    // Another process took the instance's name; joining again would fence that one in turn.
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      .stop
    case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR__DESTROY,
      RD_KAFKA_RESP_ERR_PRODUCER_FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
      RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED:
      .rebuild
    default:
      nil
    }
  }
}

/// What the operator does about a code whose recovery is `.stop`; nil when librdkafka's message says it all.
func remedy(for code: rd_kafka_resp_err_t) -> String? {
  switch code {
  case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    "grant this user Read, Write and Describe on the topic"
  case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    "grant this user Read on the group"
  case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    "grant this user Write and Describe on the transactional id"
  case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    "grant this user IdempotentWrite on the cluster, and Create where it creates topics"
  case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE,
    RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
    "check security.protocol, sasl.mechanism, the user name and the password"
  case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
    "lower transaction.timeout.ms to at most the broker's transaction.max.timeout.ms"
  case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
    "set session.timeout.ms within the broker's group.min.session.timeout.ms and group.max.session.timeout.ms"
  case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    "another member of the group uses another assignment strategy: give this service a group of its own"
  case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    "another process runs with the same instance name: stop it, or give each its own"
  case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    "raise message.max.bytes here and max.message.bytes of the topic"
  case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    "a compacted topic takes no record without a key, and timestamps must be in the range the topic accepts"
  case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    "the position is no longer in the log (older than its retention, or the topic was made anew): "
      + "choose where to go on and reset the group's offset for this partition"
  case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    "the broker is too old for transactions with group metadata: it takes Kafka 2.5 or later"
  default:
    nil
  }
}
