/// What stands for itself in a JSON string: all but controls, the quote and the backslash (RFC 8259 section 7).
enum PlainText {
  /// Where the ASCII that stands for itself ends, which starts at `position`.
  @inline(__always)
  static func asciiEnd(in text: UnsafeBufferPointer<UInt8>, from position: Int) -> Int {
    end(in: text, from: position) { escapes(in: $0) | ($0 & highBits) }
  }

  /// Where the text that stands for itself ends, which starts at `position`. It is known to be UTF-8.
  @inline(__always)
  static func end(in text: UnsafeBufferPointer<UInt8>, from position: Int) -> Int {
    end(in: text, from: position) { escapes(in: $0) }
  }

  /// Copies the text, which is known to be UTF-8. Returns whether all of it stands for itself.
  @inline(__always)
  static func copy(_ text: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> Bool {
    let source = UnsafeRawPointer(text.baseAddress ?? UnsafePointer(target))
    let target = UnsafeMutableRawPointer(target)
    var marks: UInt64 = 0
    func word(at position: Int) {
      let word = source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      marks |= escapes(in: UInt64(littleEndian: word))
      target.storeBytes(of: word, toByteOffset: position, as: UInt64.self)
    }
    if text.count >= 8 {
      var position = 0
      while position + 8 < text.count {
        word(at: position)
        position += 8
      }
      // The last eight, some of them again.
      word(at: text.count - 8)
    } else if text.count >= 4 {
      let first = source.loadUnaligned(as: UInt32.self)
      let last = source.loadUnaligned(fromByteOffset: text.count - 4, as: UInt32.self)
      marks = escapes(in: UInt64(first) | UInt64(last) << 32)
      target.storeBytes(of: first, as: UInt32.self)
      target.storeBytes(of: last, toByteOffset: text.count - 4, as: UInt32.self)
    } else {
      for position in 0..<text.count {
        marks |= escapes(in: blanks | UInt64(text[position]))
        target.storeBytes(of: text[position], toByteOffset: position, as: UInt8.self)
      }
    }
    return marks == 0
  }

  /// Eight bytes are looked at at a time: `marks` sets the highest bit of those that are looked for, of which the lowest counts.
  @inline(__always)
  private static func end(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, _ marks: (UInt64) -> UInt64
  ) -> Int {
    let raw = UnsafeRawBufferPointer(text)
    var position = start
    while position + 8 <= text.count {
      let found = marks(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
      guard found == 0 else { return position + found.trailingZeroBitCount / 8 }
      position += 8
    }
    while position < text.count, marks(blanks | UInt64(text[position])) == 0 { position += 1 }
    return position
  }

  private static var highBits: UInt64 { 0x8080_8080_8080_8080 }
  /// Seven blanks above a byte that is looked at.
  private static var blanks: UInt64 { 0x2020_2020_2020_2000 }

  /// Sets the highest bit of each control, quote and backslash. A borrow can mark a byte too many above one that is marked
  /// rightly, so that only the lowest mark counts.
  @inline(__always)
  private static func escapes(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let controls = (word &- (ones &* 0x20)) & ~word
    return (controls | ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)) & highBits
  }
}
