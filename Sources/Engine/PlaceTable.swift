/// Finds the elements of a list by their hashes: their places, in a hash table with linear probing.
///
/// Less than a dictionary: it hashes nothing, as who asks has the hash already, and holds eight bytes for each element.
struct PlaceTable {
  /// A power of two, and at least twice as many as there are elements.
  private var slots: [Slot]
  private(set) var count = 0

  /// Half of a hash beside the place, so that elements are hardly looked at in vain, and not at all when the table grows.
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
    let tag = Self.tag(of: hash)
    var slot = home(of: tag)
    while slots[slot].number != 0 {
      let place = Int(slots[slot].number) - 1
      if slots[slot].tag == tag, isMeant(place) { return place }
      slot = next(slot)
    }
    return nil
  }

  /// Takes in the element behind the last, which has this hash.
  mutating func append(_ hash: UInt64) {
    if 2 * (count + 1) > slots.count {
      let old = slots
      slots = Array(repeating: Slot(), count: 2 * slots.count)
      for slot in old where slot.number != 0 { put(slot) }
    }
    count += 1
    put(Slot(number: UInt32(count), tag: Self.tag(of: hash)))
  }

  private mutating func put(_ new: Slot) {
    var slot = home(of: new.tag)
    while slots[slot].number != 0 { slot = next(slot) }
    slots[slot] = new
  }

  private static func tag(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) }

  private func home(of tag: UInt32) -> Int { Int(tag) & (slots.count - 1) }

  private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }
}
