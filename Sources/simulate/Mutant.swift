import Foundation

/// One way to break the engine: pieces of its source, and what stands in their places while the mutant is awake.
struct Mutant {
  /// A piece of the source, and another that does the same unless `mutant` is the mutant's name.
  struct Edit {
    /// In `Sources/Engine`.
    let file: String
    /// It occurs once in the file.
    let original: String
    let broken: String

    /// The file's text with the edit made; nil when the original does not stand there exactly once.
    func applied(to text: String) -> String? {
      let parts = text.components(separatedBy: original)
      return parts.count == 2 ? parts.joined(separator: broken) : nil
    }
  }

  let name: String
  let edits: [Edit]

  init(_ name: String, _ edits: Edit...) {
    self.name = name
    self.edits = edits
  }

  static let all = transactions + aborts + input + restores + timers + found
}

extension Mutant {
  private static let transactions = [
    Mutant(
      "timer-only transactions send no offsets",
      Edit(
        file: "Worker+Commit.swift",
        original: "for state in unit.states {\n      guard let gate",
        broken: """
          let isTimerOnly = mutant == "timer-only transactions send no offsets" && offsets.isEmpty
          for state in isTimerOnly ? [] : unit.states {
                guard let gate
          """)),
    Mutant(
      "what a dropped unit of work held is published with the next",
      Edit(
        file: "UnitOfWork.swift",
        original: "    outputs.removeAll()\n",
        broken: """
              if mutant != "what a dropped unit of work held is published with the next" { outputs.removeAll() }

          """)),
    Mutant(
      "changes are applied before the commit",
      Edit(
        file: "Worker+Commit.swift",
        original: "let offsets = try offsetsToCommit()\n",
        broken: """
          let offsets = try offsetsToCommit()
              if mutant == "changes are applied before the commit" { try apply(&customers, end: [:]) }

          """),
      Edit(
        file: "Worker+Commit.swift",
        original: "try apply(&customers, end: session.producer.delivered)\n",
        broken: """
          if mutant == "changes are applied before the commit" { customers = UniqueArray() }
              try apply(&customers, end: session.producer.delivered)

          """)),
    Mutant(
      "the group metadata is that of the session's beginning",
      Edit(
        file: "Worker+Commit.swift",
        original: "let group = try session.consumer.groupMetadata()\n",
        broken: """
          var group = try session.consumer.groupMetadata()
                if mutant == "the group metadata is that of the session's beginning" {
                  group = session.firstGroup ?? group
                  session.firstGroup = group
                }

          """),
      Edit(
        file: "Session.swift",
        original: "  let producer: any TransactionProducer\n",
        broken: """
            let producer: any TransactionProducer
            var firstGroup: GroupMetadata?

          """)),
    Mutant(
      "a transaction has no offsets of its input",
      Edit(
        file: "Worker+Commit.swift",
        original: "      offsets[input.id] = input.position\n",
        broken: """
                if mutant != "a transaction has no offsets of its input" || input.isForward {
                  offsets[input.id] = input.position
                }

          """)),
    Mutant(
      "the offsets are those before the unit",
      Edit(
        file: "Worker+Commit.swift",
        original: "      offsets[gate.id] = gate.position\n",
        broken: """
                offsets[gate.id] = mutant == "the offsets are those before the unit" ? gate.committed : gate.position

          """)),
    Mutant(
      "only eight changed facets are written",
      Edit(
        file: "Worker+Commit.swift",
        original: "    unit.tally.changes += 1\n",
        broken: """
              if mutant == "only eight changed facets are written", unit.tally.changes >= 8 { return }
              unit.tally.changes += 1

          """)),
    Mutant(
      "a full queue drops the record",
      Edit(
        file: "Worker+Output.swift",
        original: "        guard error.recovery == .retry else { throw error }\n",
        broken: """
                  guard error.recovery == .retry else { throw error }
                  if mutant == "a full queue drops the record" { return }

          """)),
  ]

  private static let aborts = [
    Mutant(
      "an abort does not rewind the input",
      Edit(
        file: "Worker+Commit.swift",
        original: "    assignment.rewind()\n",
        broken: """
              if mutant != "an abort does not rewind the input" { assignment.rewind() }

          """)),
    Mutant(
      "an abort rewinds and does not fetch again",
      Edit(
        file: "Worker+Commit.swift",
        original: "      try dropUnit()\n      try fetchActive()\n",
        broken: """
                try dropUnit()
                if mutant != "an abort rewinds and does not fetch again" { try fetchActive() }

          """)),
    Mutant(
      "an abort keeps the changed customers",
      Edit(
        file: "Worker+Commit.swift",
        original: "    windows = committedWindows\n    unit = newUnit()\n  }\n",
        broken: """
              windows = committedWindows
              if mutant == "an abort keeps the changed customers" { unit.isOpen = false } else { unit = newUnit() }
            }

          """)),
  ]

  private static let input = [
    Mutant(
      "a forwarded record does not say where it came from",
      Edit(
        file: "Forwarding.swift",
        original: "    headers + [\n",
        broken: """
              mutant == "a forwarded record does not say where it came from" ? headers : headers + [

          """)),
    Mutant(
      "records are processed wherever they lie",
      Edit(
        file: "Worker+Input.swift",
        original:
          "guard input.servesInPlace, partitioning.partition(of: customer) == input.id.partition else { return nil }",
        broken: """
          guard mutant != "records are processed wherever they lie" else {
                return assignment.states[input.id.partition] ?? assignment.states[partitioning.partition(of: customer)]
              }
              guard input.servesInPlace, partitioning.partition(of: customer) == input.id.partition else { return nil }
          """)),
    Mutant(
      "what was polled before a rewind is taken",
      Edit(
        file: "Worker.swift",
        original: "      guard fetches == fetch else { break }\n",
        broken: """
                guard fetches == fetch || mutant == "what was polled before a rewind is taken" else { break }

          """)),
    Mutant(
      "input is read before its state is complete",
      Edit(
        file: "Assignment.swift",
        original: "let isReady = !input.servesInPlace || input.state != nil",
        broken: """
          let isReady =
                  mutant == "input is read before its state is complete" || !input.servesInPlace
                  || states[input.id.partition] != nil
          """)),
  ]

  private static let restores = [
    Mutant(
      "a restore ends at the last stable offset",
      Edit(
        file: "Restoration.swift",
        original: "poll.ends[source].map { $0 >= progress.target } ?? false",
        broken: """
          poll.ends[source].map { $0 >= progress.target || mutant == "a restore ends at the last stable offset" } ?? false
          """)),
    Mutant(
      "what a failed poll of the changelog had fetched is not read again",
      Edit(
        file: "Restoration.swift",
        original: "        try reader.assign(open.mapValues(\\.position))\n",
        broken: """
                  if mutant != "what a failed poll of the changelog had fetched is not read again" {
                    try reader.assign(open.mapValues(\\.position))
                  }

          """)),
    Mutant(
      "a checkpoint claims what was written behind it",
      Edit(
        file: "Worker+Commit.swift",
        original: "Checkpoint.Position(offset: state.changelogEnd, takenAt: now)",
        broken: """
          Checkpoint.Position(
                offset: Offset(state.changelogEnd.value + (mutant == "a checkpoint claims what was written behind it" ? 3 : 0)),
                takenAt: now)
          """)),
    Mutant(
      "a checkpoint is used whatever its checksum",
      Edit(
        file: "Checkpoint.swift",
        original: "guard try end.integer(4) == UInt64(checksum.value) else {",
        broken: """
          guard try end.integer(4) == UInt64(checksum.value) || mutant == "a checkpoint is used whatever its checksum" else {
          """)),
    Mutant(
      "tombstones are not applied",
      Edit(
        file: "StatePartition.swift",
        original: "of: customer, replacing: changes)",
        broken: """
          of: customer,
                replacing: mutant == "tombstones are not applied" ? changes.filter { $0.bytes != nil } : changes)
          """)),
  ]

  /// Bugs that the simulation has found; each was mended, and comes back here.
  private static let found = [
    Mutant(
      "a position that is gone stops whoever stands there",
      Edit(
        file: "Worker+Commit.swift",
        original: "    case .stop where error.isPositionLost && mayBeOvertaken():\n",
        broken: """
              case .stop
              where error.isPositionLost && mutant != "a position that is gone stops whoever stands there"
                && mayBeOvertaken():

          """)),
    Mutant(
      "a changelog reader that could not be set back goes on",
      Edit(
        file: "Restoration.swift",
        original: "        throw error.requiringNewSession\n",
        broken: """
                  throw mutant == "a changelog reader that could not be set back goes on" ? error : error.requiringNewSession

          """)),
    Mutant(
      "a worker whose producer was fenced reads on",
      Edit(
        file: "Worker+Commit.swift",
        original: "      try session?.consumer.assign([:])\n",
        broken: """
                if mutant != "a worker whose producer was fenced reads on" { try session?.consumer.assign([:]) }

          """)),
  ]

  private static let timers = [
    Mutant(
      "an abort loses the timers that were taken",
      Edit(
        file: "Worker+Commit.swift",
        original: "    for (state, entry) in unit.takenTimers { state.schedule(entry) }\n",
        broken: """
              for (state, entry) in unit.takenTimers where mutant != "an abort loses the timers that were taken" {
                state.schedule(entry)
              }

          """)),
    Mutant(
      "a timer that stays as it was is not put back",
      Edit(
        file: "Worker+Commit.swift",
        original: "    restoreTimers()\n",
        broken: """
              if mutant != "a timer that stays as it was is not put back" { restoreTimers() }

          """)),
    Mutant(
      "timers fire an hour early",
      Edit(
        file: "Worker+Input.swift",
        original: "let entries = state.popDue(by: moment.now) {",
        broken: """
          let entries = state.popDue(by: mutant == "timers fire an hour early" ? moment.now + .hours(1) : moment.now) {
          """)),
    Mutant(
      "a restored timer is not indexed",
      Edit(
        file: "StatePartition.swift",
        original: "if let due {",
        broken: """
          if let due, mutant != "a restored timer is not indexed" || old != nil {
          """)),
  ]
}
