import Engine

/// What was done, for a reader at a terminal.
enum Summary {
  static func text(_ tally: Tally) -> String {
    var lines = [
      "events        \(total(tally.events)) processed, \(tally.ignored) of unknown type, \(tally.timers) timers fired"
    ]
    lines.append("notices       \(counts(tally.notifications))")
    lines.append("ledger        \(counts(tally.ledger))")
    if !tally.suppressed.isEmpty { lines.append("not sent      \(counts(tally.suppressed))") }
    if !tally.observations.isEmpty { lines.append("noticed       \(counts(tally.observations))") }
    lines.append("dead letters  \(counts(tally.deadLetters))")
    if tally.commits > 0 {
      lines.append("forwarded     \(counts(tally.forwarded))")
      lines.append("commits       \(tally.commits) transactions, \(tally.changes) state changes")
    }
    return lines.joined(separator: "\n")
  }

  private static func total(_ counts: [String: Int]) -> Int { counts.values.reduce(0, +) }

  private static func counts(_ counts: [String: Int]) -> String {
    guard !counts.isEmpty else { return "none" }
    let parts = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return "\(total(counts)): " + parts.joined(separator: ", ")
  }
}
