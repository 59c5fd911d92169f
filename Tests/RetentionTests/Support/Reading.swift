@testable import Retention

extension FacetReader {
  /// A reader of bytes that live as long as the tests.
  init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    self.init(UnsafeBufferPointer(copy))
  }
}
