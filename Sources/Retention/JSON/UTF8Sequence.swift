/// The well-formed multi-byte sequences of UTF-8, after table 3-7 of the Unicode standard.
enum UTF8Sequence {
  /// The length (2 to 4) of the sequence whose lead byte, 0x80 or above, stands at `position`; nil when it is ill-formed:
  /// cut off, overlong, a surrogate, or above U+10FFFF.
  static func length(in bytes: Span<UInt8>, at position: Int) -> Int? {
    let lead = bytes[position]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard bytes.count - position >= length, second.contains(bytes[position + 1]) else { return nil }
    if length > 2, bytes[position + 2] & 0xC0 != 0x80 { return nil }
    if length > 3, bytes[position + 3] & 0xC0 != 0x80 { return nil }
    return length
  }

  /// Whether the bytes are UTF-8 throughout.
  static func isValid(_ bytes: Span<UInt8>) -> Bool { firstFault(in: bytes) == nil }

  /// The position of the first byte that belongs to no well-formed sequence; nil when the bytes are UTF-8 throughout.
  static func firstFault(in bytes: Span<UInt8>) -> Int? {
    var position = 0
    while position < bytes.count {
      if bytes[position] < 0x80 {
        position += 1
      } else if let length = length(in: bytes, at: position) {
        position += length
      } else {
        return position
      }
    }
    return nil
  }
}
