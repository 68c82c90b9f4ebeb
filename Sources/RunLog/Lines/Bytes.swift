import CSimdJSON

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension UInt8 {
  /// White space of JSON.
  var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}

extension UnsafeRawBufferPointer {
  /// True where there is nothing but white space.
  var isBlank: Bool { firstVisibleByte == nil }

  /// The first byte that is no white space.
  var firstVisibleByte: UInt8? { first { !$0.isSpace } }

  /// The number that all of the bytes are, as JSON writes it; `nil` for all else, which may be a number too.
  var plainNumber: Double? {
    guard let start = baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    var number = 0.0
    return csj_plain_number(start, count, &number) ? number : nil
  }

  /// The integer that all of the bytes are, digits with a sign at most.
  var plainInteger: Int? {
    guard let first, count < 19 else { return nil }
    let digits = first == UInt8(ascii: "-") ? dropFirst() : self[...]
    guard !digits.isEmpty else { return nil }
    var value = 0
    for byte in digits {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return first == UInt8(ascii: "-") ? -value : value
  }

  /// Index of a byte at or behind a position; `nil` where there is none.
  func index(of byte: UInt8, from start: Int) -> Int? {
    guard let baseAddress, start < count,
      let found = memchr(baseAddress + start, Int32(byte), count - start)
    else { return nil }
    return UnsafeRawPointer(found) - baseAddress
  }

  /// Without white space at the end.
  var trimmedAtEnd: UnsafeRawBufferPointer {
    var length = count
    while length > 0 && self[length - 1].isSpace { length -= 1 }
    return UnsafeRawBufferPointer(rebasing: self[..<length])
  }

  /// True where the bytes begin with a text.
  func starts(with text: StaticString) -> Bool {
    guard let baseAddress, count >= text.utf8CodeUnitCount else { return false }
    return memcmp(baseAddress, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  /// True where a text is somewhere in the bytes.
  func contains(_ text: StaticString) -> Bool { position(of: text) != nil }

  /// Where a text begins, at or behind a position.
  func position(of text: StaticString, from start: Int = 0) -> Int? {
    guard let baseAddress else { return nil }
    let length = text.utf8CodeUnitCount
    var from = start
    while from + length <= count,
      let match = memchr(baseAddress + from, Int32(text.utf8Start.pointee), count - length + 1 - from)
    {
      let found = UnsafeRawPointer(match) - baseAddress
      if memcmp(match, text.utf8Start, length) == 0 { return found }
      from = found + 1
    }
    return nil
  }
}

extension StaticString {
  /// True where the text begins with some bytes.
  func starts(with bytes: UnsafeRawBufferPointer) -> Bool {
    UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount).starts(with: bytes)
  }
}
