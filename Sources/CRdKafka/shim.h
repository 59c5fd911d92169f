#ifndef RETAIND_CRDKAFKA_SHIM_H
#define RETAIND_CRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <sys/prctl.h>

/// As `rd_kafka_new`, with threads that the system may wake up to a millisecond late when nothing but the time wakes them.
///
/// Before 2.4 librdkafka waits for its timers (at least one a second, in a group three) in whole milliseconds, rounded down, and
/// spins through the rest: most of what an idle client costs. A thread inherits this from the one that starts it.
static inline rd_kafka_t *crdkafka_new(
    rd_kafka_type_t type, rd_kafka_conf_t *configuration, char *error, size_t error_size) {
  int slack = prctl(PR_GET_TIMERSLACK);
  prctl(PR_SET_TIMERSLACK, 1000000UL);
  rd_kafka_t *client = rd_kafka_new(type, configuration, error, error_size);
  if (slack > 0) prctl(PR_SET_TIMERSLACK, (unsigned long)slack);
  return client;
}

/// Produces one record through the variadic `rd_kafka_producev`, which Swift cannot call.
///
/// A NULL key or value is a null; an empty one is a pointer that is not NULL with length 0. The bytes are copied. On success
/// the headers belong to librdkafka, on failure they stay the caller's. The opaque comes back with the delivery report.
static inline rd_kafka_resp_err_t crdkafka_produce(
    rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partition,
    const void *key, size_t key_length, const void *value, size_t value_length,
    rd_kafka_headers_t *headers, int64_t timestamp, void *opaque) {
  if (headers)
    return rd_kafka_producev(
        client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_length),
        RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_TIMESTAMP(timestamp),
        RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
  return rd_kafka_producev(
      client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_length),
      RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_TIMESTAMP(timestamp),
      RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}

#endif
