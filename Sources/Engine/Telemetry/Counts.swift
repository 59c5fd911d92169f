/// How often each of a few values occurred. The list is searched from its front, which for a handful of values costs less
/// than to hash one: Swift hashes a case of an enumeration of names by its name.
struct Counts<Key: Equatable & Sendable>: Sendable {
  private var entries: [(key: Key, count: Int)] = []

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ key: Key, _ count: Int = 1) {
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].count += count
    } else {
      entries.append((key, count))
    }
  }

  /// Adds what another counted.
  mutating func add(_ other: Counts) { for (key, count) in other.entries { add(key, count) } }
}

extension Counts where Key: Hashable {
  var byKey: [Key: Int] { Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.count) }) }
}

extension Counts where Key: RawRepresentable<String> {
  var byName: [String: Int] { Dictionary(uniqueKeysWithValues: entries.map { ($0.key.rawValue, $0.count) }) }
}
