/// Finds the elements of a list by their hashes: their places, in a hash table with linear probing.
///
/// Less than a dictionary: it hashes nothing, as who asks has the hash already, and holds eight bytes for each element.
struct PlaceTable {
  /// A power of two, and at least twice as many as there are elements.
  private var slots: [Slot]
  private(set) var count = 0

  /// Half of a hash beside the place, so that elements are hardly looked at in vain.
  private struct Slot {
    /// 0 when nothing is in it.
    var number: UInt32 = 0
    var tag: UInt32 = 0
  }

  /// A table of an empty list, with room for so many elements.
  init(expecting count: Int = 0) {
    var size = 16
    while size < 2 * count { size *= 2 }
    slots = Array(repeating: Slot(), count: size)
  }

  /// The place of the element that has this hash and of which `isMeant` is true; nil when there is none. Half of the hash is
  /// compared here, the whole is for `isMeant` to look at.
  func find(_ hash: UInt64, _ isMeant: (Int) -> Bool) -> Int? {
    var slot = home(of: hash)
    while slots[slot].number != 0 {
      let place = Int(slots[slot].number) - 1
      if slots[slot].tag == Self.tag(of: hash), isMeant(place) { return place }
      slot = next(slot)
    }
    return nil
  }

  /// Takes in the element behind the last, which has this hash. `hash` tells that of each that is in the table already.
  mutating func append(_ new: UInt64, _ hash: (Int) -> UInt64) {
    if 2 * (count + 1) > slots.count {
      slots = Array(repeating: Slot(), count: 2 * slots.count)
      for place in 0..<count { put(place, hash(place)) }
    }
    put(count, new)
    count += 1
  }

  private mutating func put(_ place: Int, _ hash: UInt64) {
    var slot = home(of: hash)
    while slots[slot].number != 0 { slot = next(slot) }
    slots[slot] = Slot(number: UInt32(place + 1), tag: Self.tag(of: hash))
  }

  private static func tag(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

  private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

  private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }
}
