import Retention

/// The customers of a partition: a hash table with linear probing whose slots are single references, as each customer's
/// facets carry its identifier. With a byte of the hash beside each slot, a look-up touches one line of memory for most
/// slots that it passes, and one for the customer.
struct CustomerTable {
  private(set) var count = 0
  /// 0 for a free slot, else a part of the hash of what is in it.
  private var tags: [UInt8] = Array(repeating: 0, count: Self.smallest)
  private var slots: [StoredFacets?] = Array(repeating: nil, count: Self.smallest)

  private static let smallest = 8

  var isEmpty: Bool { count == 0 }

  subscript(customer: CustomerID) -> StoredFacets? {
    get { slots[slot(of: customer)] }
    set {
      let slot = slot(of: customer)
      switch (slots[slot] != nil, newValue) {
      case (true, let new?): slots[slot] = new
      case (true, nil): remove(slot)
      case (false, let new?): insert(new, customer, at: slot)
      case (false, nil): break
      }
    }
  }

  /// The hash by which a customer is found; another one in another process.
  static func hash(of customer: CustomerID) -> UInt64 { UInt64(bitPattern: Int64(customer.hashValue)) }

  /// The customers whose hash is this one but for the four highest bits: as good as always none or one.
  func matching(_ hash: UInt64) -> [StoredFacets] {
    let tag = Self.tag(hash)
    var found: [StoredFacets] = []
    var slot = home(of: hash)
    while tags[slot] != 0 {
      if tags[slot] == tag, let stored = slots[slot], (Self.hash(of: stored.customer) ^ hash) << 4 == 0 {
        found.append(stored)
      }
      slot = (slot + 1) & (tags.count - 1)
    }
    return found
  }

  private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (tags.count - 1) }

  /// Where the customer is, or would be put.
  private func slot(of customer: CustomerID) -> Int {
    let hash = Self.hash(of: customer)
    let tag = Self.tag(hash)
    var slot = home(of: hash)
    while tags[slot] != 0 {
      if tags[slot] == tag, let stored = slots[slot], stored.belong(to: customer) { return slot }
      slot = (slot + 1) & (tags.count - 1)
    }
    return slot
  }

  private mutating func insert(_ stored: StoredFacets, _ customer: CustomerID, at slot: Int) {
    var slot = slot
    // At seven eighths full, probes get long.
    if (count + 1) * 8 > tags.count * 7 {
      grow()
      slot = self.slot(of: customer)
    }
    tags[slot] = Self.tag(Self.hash(of: customer))
    slots[slot] = stored
    count += 1
  }

  private mutating func grow() {
    let old = slots
    tags = Array(repeating: 0, count: 2 * old.count)
    slots = Array(repeating: nil, count: 2 * old.count)
    for case let stored? in old {
      let hash = Self.hash(of: stored.customer)
      var slot = home(of: hash)
      while tags[slot] != 0 { slot = (slot + 1) & (tags.count - 1) }
      tags[slot] = Self.tag(hash)
      slots[slot] = stored
    }
  }

  /// Frees the slot and moves those behind it up that would not be found any more.
  private mutating func remove(_ removed: Int) {
    let mask = tags.count - 1
    var free = removed
    var slot = removed
    while true {
      slot = (slot + 1) & mask
      guard let stored = slots[slot] else { break }
      let home = home(of: Self.hash(of: stored.customer))
      // It may move to the free slot unless its home lies behind that.
      guard (slot - home) & mask >= (slot - free) & mask else { continue }
      (tags[free], slots[free]) = (tags[slot], stored)
      free = slot
    }
    tags[free] = 0
    slots[free] = nil
    count -= 1
  }

  /// Of bits that neither say where the slot is nor are left out by `matching`.
  private static func tag(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash >> 48) | 1 }
}

extension CustomerTable: Sequence {
  /// The customers, in no particular order.
  func makeIterator() -> some IteratorProtocol<StoredFacets> { slots.lazy.compactMap(\.self).makeIterator() }
}
