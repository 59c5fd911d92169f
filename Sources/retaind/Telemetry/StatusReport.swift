import Engine
import Retention

/// `/status`: how the daemon is doing, for people and scripts.
struct StatusReport: JSONWritable {
  let observed: Observed

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("version", programVersion)
      json.member("group", observed.deployment.engine.group)
      json.member("instance", observed.deployment.engine.instance)
      json.member("startedAt", observed.startedAt)
      json.member("rulesVersion", observed.rulesVersion)
      json.member("ready", observed.isReady)
      json.member("healthy", observed.isHealthy)
      json.member("lag", observed.lag)
      json.member("lastCommitAt", ifPresent: observed.committedAt)
      json.member("forwardedShare", observed.forwardedShare)
      json.member("stoppedTopics", observed.stoppedTopics)
      json.member("stoppedPartitions", observed.stoppedPartitions)
      json.member("deadLetters", Int64(observed.tally.deadLetters.values.reduce(0, +)))
      json.member("workers") { json in
        json.array { json in for worker in observed.details.keys.sorted() { write(worker, to: &json) } }
      }
    }
  }

  private func write(_ worker: Int, to json: inout JSONWriter) {
    guard let detail = observed.details[worker] else { return }
    json.object { json in
      json.member("worker", worker)
      json.member("phase", detail.phase.rawValue)
      json.member(
        "stalledSeconds", ifPresent: observed.stalls.first { $0.worker == worker }?.lasting.components.seconds)
      json.member("transactionAgeSeconds", ifPresent: observed.transactionAge(worker))
      json.member("inputs", detail.inputs.map(InputReport.init))
      json.member("states", detail.states.map(StateReport.init))
      json.member("restores", detail.restores.map(RestoreReport.init))
    }
  }
}

private struct InputReport: JSONWritable {
  let input: WorkerDetail.Input

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("topic", input.id.topic)
      json.member("partition", Int64(input.id.partition.number))
      json.member("committed", input.committed.value)
      json.member("end", ifPresent: input.end?.value)
      json.member("lag", ifPresent: input.lag)
      json.member("isRead", input.isActive)
    }
  }
}

private struct StateReport: JSONWritable {
  let state: WorkerDetail.State

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("partition", Int64(state.partition.number))
      json.member("customers", state.customers)
      json.member("bytes", state.bytes)
      json.member("timers", state.timers)
      json.member("overdueTimers", state.overdueTimers)
    }
  }
}

private struct RestoreReport: JSONWritable {
  let restore: WorkerDetail.Restore

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("partition", Int64(restore.partition.number))
      json.member("from", restore.start.value)
      json.member("position", restore.position.value)
      json.member("target", restore.target.value)
    }
  }
}
