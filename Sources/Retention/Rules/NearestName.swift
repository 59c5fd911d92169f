/// Finds what somebody who mistyped a name may have meant.
public enum NearestName {
  /// The known name with the fewest edits away from `name`, the first of several; nil when none is near: more than a
  /// third of its letters would have to change.
  public static func of(_ name: String, among known: [String]) -> String? {
    let candidates = known.map { (name: $0, distance: distance(Array(name), Array($0))) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, best.name.count / 3) ? best.name : nil
  }

  /// The least number of insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that makes
  /// one text of the other.
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, beforeLast[j - 1] + 1) }
        row.append(least)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
