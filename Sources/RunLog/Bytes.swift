extension UInt8 {
  /// White space of JSON.
  var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}

extension UnsafeRawBufferPointer {
  /// True where there is nothing but white space.
  var isBlank: Bool { firstVisibleByte == nil }

  /// The first byte that is no white space.
  var firstVisibleByte: UInt8? { first { !$0.isSpace } }

  /// Without white space at the end.
  var trimmedAtEnd: UnsafeRawBufferPointer {
    var length = count
    while length > 0 && self[length - 1].isSpace { length -= 1 }
    return UnsafeRawBufferPointer(rebasing: self[..<length])
  }
}
