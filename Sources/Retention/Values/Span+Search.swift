extension Span {
  /// Where the first element is that `isMeant` picks; nil when there is none. Elements are looked at where they lie: an array's
  /// own search copies each, and counts the references in it.
  func firstIndex(where isMeant: (borrowing Element) -> Bool) -> Int? {
    for index in indices where isMeant(self[index]) { return index }
    return nil
  }
}
