import Engine
import Operations
import Retention

extension Observed {
  /// All metrics, for Prometheus. Names, labels and meaning stand in the manual (`deploy/manual/metrics.md`).
  var metrics: String {
    var text = MetricsText()
    writeProcess(&text)
    writeEvents(&text)
    writeTransactions(&text)
    writePartitions(&text)
    writeClients(&text)
    return text.text
  }

  private func writeProcess(_ text: inout MetricsText) {
    text.gauge(
      "retaind_build_info", "The version that runs.", [([("version", programVersion)], 1)])
    text.gauge("retaind_rules_info", "The edition of the rules in force.", [([("version", rulesVersion)], 1)])
    text.gauge(
      "retaind_ready", "1 when every assigned state is complete and every worker is at its work.",
      [([], isReady ? 1 : 0)])
    text.gauge("retaind_workers", "Workers that are to run.", [([], Double(deployment.workerCount))])
    text.gauge("retaind_workers_stalled", "Workers that do not move.", [([], Double(stalls.count))])
    text.gauge(
      "process_start_time_seconds", "When the process started, in seconds since 1970.",
      [([], Double(startedAt.milliseconds) / 1_000)])
    guard let process else { return }
    text.counter("process_cpu_seconds_total", "CPU time, user and system.", [([], process.cpuSeconds)])
    text.gauge("process_resident_memory_bytes", "Resident memory.", [([], Double(process.residentBytes))])
    text.gauge("process_open_fds", "Open file descriptors.", [([], Double(process.openFiles))])
  }

  private func writeEvents(_ text: inout MetricsText) {
    text.counter("retaind_records_total", "Records read; a forwarded one at each hop.", [([], Double(tally.records))])
    text.counter(
      "retaind_events_total", "Events of committed transactions, by type and by what became of them.",
      tally.outcomes.sorted {
        ($0.key.type.rawValue, $0.key.result.rawValue) < ($1.key.type.rawValue, $1.key.result.rawValue)
      }
      .map { ([("type", $0.key.type.rawValue), ("result", $0.key.result.rawValue)], Double($0.value)) })
    text.counter("retaind_ignored_total", "Events of types that nobody knows.", [([], Double(tally.ignored))])
    text.counter(
      "retaind_notifications_total", "Notices published.", by("kind", tally.notifications, of: NoticeKind.self))
    text.counter("retaind_suppressed_total", "Notices not sent.", by("reason", tally.suppressed, of: Suppression.self))
    text.counter(
      "retaind_ledger_entries_total", "Ledger entries published.", by("kind", tally.ledger, of: LedgerEntry.Kind.self))
    text.counter(
      "retaind_dead_letters_total", "Records that could not be processed.",
      by("reason", tally.deadLetters, of: Reject.Code.self))
    text.counter(
      "retaind_forwarded_total", "Records handed on to the partition of their customer, by the topic they came from.",
      by("topic", tally.forwarded))
    text.gauge(
      "retaind_forwarded_ratio", "The part of the records read since the start that had to be handed on.",
      [([], forwardedShare)])
    text.counter(
      "retaind_observations_total", "Unusual things that are no errors.",
      by("name", tally.observations, of: Observation.self))
    text.counter("retaind_timers_fired_total", "Timers fired.", [([], Double(tally.timers))])
    text.counter("retaind_state_changes_total", "Changelog records written.", [([], Double(tally.changes))])
    text.histogram(
      "retaind_event_latency_seconds", "From the append of a record to the commit of what came of it.",
      [distribution(tally.latency)])
  }

  private func writeTransactions(_ text: inout MetricsText) {
    text.counter("retaind_commits_total", "Transactions committed.", [([], Double(tally.commits))])
    text.counter(
      "retaind_aborts_total", "Steps that failed and were done again, by the code of the error.",
      by("cause", incidents.aborts))
    text.counter(
      "retaind_rebalances_total", "Shares given to workers and taken away.",
      Incidents.Rebalanced.allCases.map { ([("kind", $0.rawValue)], Double(incidents.rebalances[$0] ?? 0)) })
    text.histogram(
      "retaind_transaction_duration_seconds", "From the first event of committed transactions to their commit.",
      [distribution(tally.transactionSeconds)])
    text.histogram(
      "retaind_transaction_records", "How many records committed transactions took.",
      [distribution(tally.transactionRecords)])
    text.histogram(
      "retaind_restore_duration_seconds", "From an assignment to the completeness of its states.",
      [distribution(incidents.restoreSeconds)])
    text.gauge(
      "retaind_transaction_age_seconds", "How long ago the first event of the worker's next transaction came.",
      workers.keys.sorted().map { ([("worker", "\($0)")], transactionAge($0) ?? 0) })
    text.gauge(
      "retaind_last_commit_timestamp_seconds", "When a transaction was committed last, in seconds since 1970.",
      committedAt.map { [([], Double($0.milliseconds) / 1_000)] } ?? [])
  }

  private func writePartitions(_ text: inout MetricsText) {
    let inputs = details.values.flatMap(\.inputs).sorted { $0.id < $1.id }
    text.gauge(
      "retaind_lag_offsets", "Offsets between what is committed and the end of a partition that is read.",
      inputs.compactMap { input in input.lag.map { (place(input), Double($0)) } })
    text.gauge("retaind_topics_stopped", "Topics that carry too many bad records.", [([], Double(stoppedTopics.count))])
    text.gauge(
      "retaind_partitions_stopped", "Partitions that a self-check stopped.", [([], Double(stoppedPartitions.count))])
    let states = details.values.flatMap(\.states).sorted { $0.partition < $1.partition }
    func gauge(_ name: String, _ help: String, _ value: (WorkerDetail.State) -> Int) {
      text.gauge(name, help, states.map { ([("partition", "\($0.partition.number)")], Double(value($0))) })
    }
    gauge("retaind_state_customers", "Customers of whom something is remembered.", \.customers)
    gauge("retaind_state_bytes", "Stored bytes of what is remembered.", \.bytes)
    gauge("retaind_timers_pending", "Timers that are set.", \.timers)
    gauge("retaind_timers_overdue", "Timers that are due and have not fired.", \.overdueTimers)
    let restores = details.values.flatMap(\.restores).sorted { $0.partition < $1.partition }
    text.gauge(
      "retaind_restore_remaining_offsets", "Offsets of the changelog that a restore has still to read.",
      restores.map {
        ([("partition", "\($0.partition.number)")], Double(max(0, $0.target.value - $0.position.value)))
      })
  }

  private func writeClients(_ text: inout MetricsText) {
    let types = Dictionary(grouping: clients, by: \.type).sorted { $0.key < $1.key }
    func gauge(_ name: String, _ help: String, _ value: ([ClientStatistics]) -> Double?) {
      text.gauge(name, help, types.compactMap { type, clients in value(clients).map { ([("client", type)], $0) } })
    }
    gauge("retaind_kafka_clients", "Kafka clients that are alive.") { Double($0.count) }
    gauge("retaind_kafka_brokers_up", "Brokers to which the worst connected client is connected.") {
      $0.map(\.brokersUp).min().map(Double.init)
    }
    gauge("retaind_kafka_queued_records", "Records in the clients' queues.") {
      Double($0.reduce(0) { $0 + $1.queuedRecords })
    }
    gauge("retaind_kafka_queued_bytes", "Bytes in the clients' queues.") {
      Double($0.reduce(0) { $0 + $1.queuedBytes })
    }
    gauge("retaind_kafka_requests_in_flight", "Requests that were not answered yet.") {
      Double($0.reduce(0) { $0 + $1.requestsInFlight })
    }
    gauge("retaind_kafka_round_trip_seconds", "The slowest broker's average time to answer.") {
      $0.compactMap(\.roundTrip).max()
    }
  }

  private func place(_ input: WorkerDetail.Input) -> MetricsText.Labels {
    [("topic", input.id.topic), ("partition", "\(input.id.partition.number)")]
  }

  private func by(_ label: String, _ counts: [String: Int]) -> [(MetricsText.Labels, Double)] {
    counts.sorted { $0.key < $1.key }.map { ([(label, $0.key)], Double($0.value)) }
  }

  /// With a 0 for every value there is: the growth of a counter is not seen that begins with what it grew to.
  private func by<Value: CaseIterable & RawRepresentable<String>>(
    _ label: String, _ counts: [String: Int], of type: Value.Type
  ) -> [(MetricsText.Labels, Double)] {
    let none = Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0.rawValue, 0) })
    return by(label, none.merging(counts) { $1 })
  }

  private func distribution(_ histogram: Histogram) -> MetricsText.Distribution {
    MetricsText.Distribution(bounds: histogram.bounds, counts: histogram.counts, sum: histogram.sum)
  }
}
