/// Text of Windows-1252, the encoding of lines that are no UTF-8.
enum WindowsText {
  /// The code points of 0x80…0x9F; of the others each is its own.
  private static let specials: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
    0x8D,
    0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
    0x203A,
    0x0153, 0x9D, 0x017E, 0x0178,
  ]

  /// The bytes as UTF-8: longer where there are any beyond ASCII.
  static func utf8(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + 16)
    for byte in bytes {
      if byte < 0x80 {
        text.append(byte)
      } else if let scalar = Unicode.Scalar(
        (0x80...0x9F).contains(byte) ? specials[Int(byte - 0x80)] : UInt32(byte))
      {
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
      }
    }
    return text
  }

  /// A line as text, of whichever of the two encodings it is.
  static func string(_ bytes: UnsafeRawBufferPointer) -> String {
    String(validating: bytes, as: UTF8.self) ?? String(decoding: utf8(bytes), as: UTF8.self)
  }
}

/// Bytes with room behind them that holds newlines, as the parser of JSON wants it.
enum Padded {
  static func withBytes<Result>(
    _ bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let count = bytes.count
    return withUnsafeTemporaryAllocation(byteCount: count + JSONLineDecoder.padding, alignment: 16) { copy in
      copy.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "\n"))
      copy.copyBytes(from: bytes)
      return body(UnsafeRawBufferPointer(rebasing: copy[..<count]))
    }
  }
}
