/// Takes an input apart from its front. What is missing reads as zero, so that every input means something.
struct Input {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// The next bytes, as many as one byte says.
  mutating func field() -> [UInt8] {
    let count = Int(byte())
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// All that is left.
  mutating func remainder() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }

  /// One of the elements.
  mutating func choice<Element>(_ elements: [Element]) -> Element { elements[Int(byte()) % elements.count] }

  /// Up to 10^15, small numbers and round ones as likely as others.
  mutating func amount(atMost most: Int64) -> Int64 {
    let byte = byte()
    var amount = Int64(byte & 0x1f)
    for _ in 0..<(byte >> 5) { amount = amount * 100 + Int64(byte & 0x0f) }
    return min(amount, most)
  }

  /// Up to 46 days in milliseconds, short spans as likely as long ones.
  mutating func milliseconds() -> Int64 {
    let byte = byte()
    return ((Int64(byte & 0x07) + 8) << Int64(byte >> 3)) >> 3
  }
}

/// A text file of two parts, so that a corpus can be read and written by hand: where the input starts with a line `H`,
/// lines of names and values follow, then an empty line; the rest is the body. Without it all is the body.
struct Document {
  private(set) var lines: [(name: [UInt8], value: [UInt8]?)] = []
  let body: [UInt8]

  init(_ bytes: [UInt8]) {
    guard bytes.starts(with: "H\n".utf8) else {
      body = bytes
      return
    }
    var rest = bytes.dropFirst(2)
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end > rest.startIndex {
      let line = rest[..<end]
      let colon = line.firstIndex(of: UInt8(ascii: "="))
      lines.append((Array(line[..<(colon ?? end)]), colon.map { Array(line[($0 + 1)...]) }))
      rest = rest[(end + 1)...]
    }
    body = Array(rest.dropFirst())
  }
}
