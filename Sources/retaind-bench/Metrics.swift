/// What the daemon answered under `/metrics`.
struct Metrics {
  private let lines: [Substring]

  init(_ text: [UInt8]) { lines = String(decoding: text, as: UTF8.self).split(separator: "\n") }

  /// The sum of a family over its labels; 0 when there is none.
  func total(_ name: String) -> Int {
    lines.reduce(0) { sum, line in
      guard line.hasPrefix(name), let next = line.dropFirst(name.count).first, next == " " || next == "{",
        let value = line.split(separator: " ").last.flatMap({ Double($0) })
      else { return sum }
      return sum + Int(value)
    }
  }

  /// Events of committed transactions, bad ones included.
  var events: Int { total("retaind_events_total") + total("retaind_dead_letters_total") }
  var commits: Int { total("retaind_commits_total") }
  /// Notices and ledger entries.
  var published: Int { total("retaind_notifications_total") + total("retaind_ledger_entries_total") }

  /// A histogram's bounds and how many values lie at or below each; the last bound is infinite.
  func buckets(_ name: String) -> [(bound: Double, count: Int)] {
    lines.compactMap { line in
      let parts = line.split(separator: "\"")
      guard line.hasPrefix(name + "_bucket{le="), parts.count == 3,
        let bound = parts[1] == "+Inf" ? Double.infinity : Double(parts[1]), let count = Double(parts[2].dropFirst(2))
      else { return nil }
      return (bound, Int(count))
    }
  }

  /// The quantile of what a histogram took since `earlier`, linear within its bucket; 0 when it took nothing.
  func quantile(_ share: Double, of name: String, since earlier: Metrics) -> Double {
    let before = earlier.buckets(name)
    let counts = buckets(name).enumerated().map { index, bucket in
      (bound: bucket.bound, count: bucket.count - (index < before.count ? before[index].count : 0))
    }
    let rank = share * Double(counts.last?.count ?? 0)
    var (low, below) = (0.0, 0.0)
    for (bound, count) in counts {
      let count = Double(count)
      if count >= rank, count > below {
        return bound.isFinite ? low + (bound - low) * (rank - below) / (count - below) : low
      }
      (low, below) = (bound, count)
    }
    return low
  }
}
