/// The CRC-32 of ISO-HDLC, the one of zip and gzip: polynomial 0x04C11DB7 reflected, start and end inverted.
struct CRC32 {
  private var register: UInt32 = 0xffff_ffff

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xedb8_8320 : value >> 1 }
  }

  mutating func combine(_ bytes: some Collection<UInt8>) {
    Self.table.withUnsafeBufferPointer { table in
      var value = register
      for byte in bytes { value = (value >> 8) ^ table[Int((value ^ UInt32(byte)) & 0xff)] }
      register = value
    }
  }

  /// The checksum of what was combined so far.
  var value: UInt32 { ~register }
}
