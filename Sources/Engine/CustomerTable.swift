import Retention

/// The customers of a partition: a hash table with linear probing whose slots are single references, as each customer's
/// facets carry its identifier. With a byte of the hash beside each slot, a look-up touches one line of memory for most
/// slots that it passes, and one for the customer.
struct CustomerTable {
  private(set) var count = 0
  /// 0 for a free slot, else a part of the hash of what is in it.
  private var tags: [UInt8] = Array(repeating: 0, count: Self.smallest)
  /// As many as it takes and not a power of two, so that it may grow by less than to the double.
  private var slots: [StoredFacets?] = Array(repeating: nil, count: Self.smallest)

  private static let smallest = 8

  var isEmpty: Bool { count == 0 }

  subscript(customer: CustomerID) -> StoredFacets? { stored(of: customer, Self.hash(of: customer)) }

  /// What is stored of the customer, whose hash is `hash`.
  func stored(of customer: CustomerID, _ hash: UInt64) -> StoredFacets? { slots[slot(of: customer, hash)] }

  /// Puts `new` in the place of what is stored of the customer, whose hash is `hash`; removes that when `new` is nil. Returns it.
  mutating func replace(_ customer: CustomerID, _ hash: UInt64, by new: StoredFacets?) -> StoredFacets? {
    let slot = slot(of: customer, hash)
    let old = slots[slot]
    switch (old != nil, new) {
    case (true, let new?): slots[slot] = new
    case (true, nil): remove(slot)
    case (false, let new?): insert(new, customer, hash, at: slot)
    case (false, nil): break
    }
    return old
  }

  /// Makes room for so many customers in all.
  mutating func reserve(_ count: Int) {
    // At seven eighths full, probes get long.
    let needed = (count * 8 + 6) / 7
    if needed > tags.count { resize(to: needed) }
  }

  /// The hash by which a customer is found; another one in another process.
  static func hash(of customer: CustomerID) -> UInt64 {
    customer.withBytes { bytes in
      var hasher = Hasher()
      hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
      return UInt64(bitPattern: Int64(hasher.finalize()))
    }
  }

  /// The customers whose hash is this one but for the four highest bits: as good as always none or one.
  func matching(_ hash: UInt64) -> [StoredFacets] {
    let tag = Self.tag(hash)
    var found: [StoredFacets] = []
    var slot = home(of: hash)
    while tags[slot] != 0 {
      if tags[slot] == tag, let stored = slots[slot], (Self.hash(of: stored.customer) ^ hash) << 4 == 0 {
        found.append(stored)
      }
      slot = next(slot)
    }
    return found
  }

  /// As far behind the first slot as the hash is behind 0, of all slots and all hashes; without the bits that `matching` leaves
  /// out.
  private func home(of hash: UInt64) -> Int { Int((hash << 4).multipliedFullWidth(by: UInt64(tags.count)).high) }

  private func next(_ slot: Int) -> Int { slot + 1 == tags.count ? 0 : slot + 1 }

  /// Where the customer is, or would be put.
  private func slot(of customer: CustomerID, _ hash: UInt64) -> Int {
    let tag = Self.tag(hash)
    var slot = home(of: hash)
    while tags[slot] != 0 {
      if tags[slot] == tag, let stored = slots[slot], stored.belong(to: customer) { return slot }
      slot = next(slot)
    }
    return slot
  }

  private mutating func insert(_ stored: StoredFacets, _ customer: CustomerID, _ hash: UInt64, at slot: Int) {
    var slot = slot
    if (count + 1) * 8 > tags.count * 7 {
      resize(to: tags.count + tags.count / 2)
      slot = self.slot(of: customer, hash)
    }
    tags[slot] = Self.tag(hash)
    slots[slot] = stored
    count += 1
  }

  private mutating func resize(to size: Int) {
    let old = slots
    tags = Array(repeating: 0, count: size)
    slots = Array(repeating: nil, count: size)
    for case let stored? in old {
      let hash = Self.hash(of: stored.customer)
      var slot = home(of: hash)
      while tags[slot] != 0 { slot = next(slot) }
      tags[slot] = Self.tag(hash)
      slots[slot] = stored
    }
  }

  /// Frees the slot and moves those behind it up that would not be found any more.
  private mutating func remove(_ removed: Int) {
    func distance(from first: Int, to last: Int) -> Int { last >= first ? last - first : last - first + tags.count }
    var free = removed
    var slot = removed
    while true {
      slot = next(slot)
      guard let stored = slots[slot] else { break }
      let home = home(of: Self.hash(of: stored.customer))
      // It may move to the free slot unless its home lies behind that.
      guard distance(from: home, to: slot) >= distance(from: free, to: slot) else { continue }
      (tags[free], slots[free]) = (tags[slot], stored)
      free = slot
    }
    tags[free] = 0
    slots[free] = nil
    count -= 1
  }

  /// Of bits that do not say where the slot is, unless there are as many as memory never holds.
  private static func tag(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash) | 1 }
}

extension CustomerTable: Sequence {
  /// The customers, in no particular order.
  func makeIterator() -> some IteratorProtocol<StoredFacets> { slots.lazy.compactMap(\.self).makeIterator() }
}
