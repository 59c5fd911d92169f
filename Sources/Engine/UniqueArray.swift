/// A growing array that is never shared, and whose elements need not be copyable: what lies in an `Array` is copied, with every
/// reference in it counted, whenever it is lent to a function.
struct UniqueArray<Element: ~Copyable>: ~Copyable {
  private var elements: UnsafeMutableBufferPointer<Element>
  private(set) var count = 0

  /// An empty one with room for `capacity` elements.
  init(capacity: Int = 0) { elements = .allocate(capacity: capacity) }

  deinit {
    elements.extracting(..<count).deinitialize()
    elements.deallocate()
  }

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }

  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(indices.contains(index), "element \(index) of \(count)")
      return UnsafePointer(elements.baseAddress! + index)
    }
    unsafeMutableAddress {
      precondition(indices.contains(index), "element \(index) of \(count)")
      return elements.baseAddress! + index
    }
  }

  mutating func append(_ element: consuming Element) {
    if count == elements.count { grow() }
    elements.initializeElement(at: count, to: element)
    count += 1
  }

  private mutating func grow() {
    let grown = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(16, 2 * elements.count))
    _ = grown.moveInitialize(fromContentsOf: elements.extracting(..<count))
    elements.deallocate()
    elements = grown
  }
}
