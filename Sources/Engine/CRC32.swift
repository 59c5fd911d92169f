/// The CRC-32 of ISO-HDLC, the one of zip and gzip: polynomial 0x04C11DB7 reflected, start and end inverted.
///
/// Sixteen bytes at a time, by a table for each of them (Kounavis and Berry, 2005): a checkpoint has gigabytes.
struct CRC32 {
  private var register: UInt32 = 0xffff_ffff

  /// `table[256 * n + b]` is what the byte `b` makes of an empty register when `n` zero bytes follow it.
  private static let table: [UInt32] = {
    var table: [UInt32] = []
    for index: UInt32 in 0..<256 {
      table.append((0..<8).reduce(index) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xedb8_8320 : value >> 1 })
    }
    for index in 256..<4_096 {
      let before: UInt32 = table[index - 256]
      table.append((before >> 8) ^ table[Int(before & 0xff)])
    }
    return table
  }()

  mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>) {
    Self.table.withUnsafeBufferPointer { table in
      var value = register
      var position = 0
      let raw = UnsafeRawBufferPointer(bytes)
      while position + 16 <= raw.count {
        let first = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(value)
        let second = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self))
        value = 0
        // Of a range that is known, so that the compiler unrolls it.
        for byte in 0..<8 {
          value ^= table[256 * (15 - byte) + Int(truncatingIfNeeded: first &>> UInt64(8 * byte)) & 0xff]
          value ^= table[256 * (7 - byte) + Int(truncatingIfNeeded: second &>> UInt64(8 * byte)) & 0xff]
        }
        position += 16
      }
      while position < raw.count {
        value = (value >> 8) ^ table[Int((value ^ UInt32(raw[position])) & 0xff)]
        position += 1
      }
      register = value
    }
  }

  mutating func combine(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { combine($0) } }

  /// The checksum of what was combined so far.
  var value: UInt32 { ~register }
}
