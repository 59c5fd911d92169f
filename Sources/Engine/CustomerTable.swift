import Retention

/// The customers of a partition: a hash table with linear probing whose slots are single pointers, as each customer's
/// facets carry its identifier. With a byte of the hash beside each slot, a look-up touches one line of memory for most
/// slots that it passes, and one for the customer.
struct CustomerTable: ~Copyable {
  private(set) var count = 0
  /// 0 for a free slot, else a part of the hash of what is in it.
  private var tags: [UInt8] = Array(repeating: 0, count: Self.smallest)
  /// As many as it takes and not a power of two, so that it may grow by less than to the double.
  private var slots = Self.freeSlots(Self.smallest)

  private static let smallest = 8

  private static func freeSlots(_ count: Int) -> UniqueArray<StoredFacets?> {
    var slots = UniqueArray<StoredFacets?>(capacity: count)
    for _ in 0..<count { slots.append(nil) }
    return slots
  }

  var isEmpty: Bool { count == 0 }

  /// What is stored of the customer; nil when nothing is.
  subscript(customer: CustomerID) -> StoredFacets? { _read { yield self[customer, Self.hash(of: customer)] } }

  /// What is stored of the customer, whose hash is `hash`.
  subscript(customer: CustomerID, hash: UInt64) -> StoredFacets? {
    _read { yield slots[slot(of: customer, hash)] }
  }

  /// Puts `new` in the place of what is stored of the customer, whose hash is `hash`; removes that when `new` is nil. Returns it.
  mutating func replace(_ customer: CustomerID, _ hash: UInt64, by new: consuming StoredFacets?) -> StoredFacets? {
    let slot = slot(of: customer, hash)
    guard let new else { return slots[slot] == nil ? nil : remove(slot) }
    guard slots[slot] != nil else {
      insert(new, customer, hash, at: slot)
      return nil
    }
    let old = slots[slot].take()
    slots[slot] = consume new
    return old
  }

  /// Calls `body` with the customers, in no particular order.
  func forEach<E: Error>(_ body: (borrowing StoredFacets) throws(E) -> Void) throws(E) {
    for slot in slots.indices { try visit(slot, body) }
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

  /// Calls `body` with the customers whose hash is this one but for the four highest bits: as good as always none or one.
  func forEachMatching(_ hash: UInt64, _ body: (borrowing StoredFacets) -> Void) {
    let tag = Self.tag(hash)
    var slot = home(of: hash)
    while tags[slot] != 0 {
      if tags[slot] == tag { visit(slot) { if (Self.hash(of: $0.customer) ^ hash) << 4 == 0 { body($0) } } }
      slot = next(slot)
    }
  }

  /// As far behind the first slot as the hash is behind 0, of all slots and all hashes; without the bits that `forEachMatching`
  /// leaves out.
  private func home(of hash: UInt64) -> Int { Int((hash << 4).multipliedFullWidth(by: UInt64(tags.count)).high) }

  private func next(_ slot: Int) -> Int { slot + 1 == tags.count ? 0 : slot + 1 }

  /// Where the customer is, or would be put.
  private func slot(of customer: CustomerID, _ hash: UInt64) -> Int {
    let tag = Self.tag(hash)
    var slot = home(of: hash)
    while tags[slot] != 0 {
      if tags[slot] == tag, visit(slot, { $0.belong(to: customer) }) == true { return slot }
      slot = next(slot)
    }
    return slot
  }

  private mutating func insert(_ stored: consuming StoredFacets, _ customer: CustomerID, _ hash: UInt64, at slot: Int) {
    var slot = slot
    if (count + 1) * 8 > tags.count * 7 {
      resize(to: tags.count + tags.count / 2)
      slot = self.slot(of: customer, hash)
    }
    tags[slot] = Self.tag(hash)
    slots[slot] = consume stored
    count += 1
  }

  private mutating func resize(to size: Int) {
    var old = Self.freeSlots(size)
    swap(&old, &slots)
    tags = Array(repeating: 0, count: size)
    for index in old.indices {
      guard let stored = old[index].take() else { continue }
      let hash = Self.hash(of: stored.customer)
      var slot = home(of: hash)
      while tags[slot] != 0 { slot = next(slot) }
      tags[slot] = Self.tag(hash)
      slots[slot] = consume stored
    }
  }

  /// Frees the slot and moves those behind it up that would not be found any more. Returns what was in it.
  private mutating func remove(_ removed: Int) -> StoredFacets? {
    func distance(from first: Int, to last: Int) -> Int { last >= first ? last - first : last - first + tags.count }
    let old = slots[removed].take()
    var free = removed
    var slot = removed
    while true {
      slot = next(slot)
      guard let home = visit(slot, { home(of: Self.hash(of: $0.customer)) }) else { break }
      // It may move to the free slot unless its home lies behind that.
      guard distance(from: home, to: slot) >= distance(from: free, to: slot) else { continue }
      tags[free] = tags[slot]
      slots[free] = slots[slot].take()
      free = slot
    }
    tags[free] = 0
    count -= 1
    return old
  }

  /// Calls `body` with what is in the slot; nil when it is free.
  private func visit<R, E: Error>(_ slot: Int, _ body: (borrowing StoredFacets) throws(E) -> R) throws(E) -> R? {
    switch slots[slot] {
    case .some(let stored): try body(stored)
    case .none: nil
    }
  }

  /// Of bits that do not say where the slot is, unless there are as many as memory never holds.
  private static func tag(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash) | 1 }
}
