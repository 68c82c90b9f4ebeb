/// As much of JSON as the header of a safetensors file needs.
extension ByteScanner {
  /// Deeper nesting than this has no place in a header.
  private static let deepest = 16

  /// The members of an object, each read by `member`, which is given its key.
  mutating func object(
    _ member: (inout ByteScanner, String) throws(HeaderProblem) -> Void
  ) throws(HeaderProblem) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try text()
      try expect(":")
      try member(&self, key)
    } while take(",")
    try expect("}")
  }

  /// The elements of an array, each read by `element`.
  mutating func array(_ element: (inout ByteScanner) throws(HeaderProblem) -> Void) throws(HeaderProblem) {
    try expect("[")
    if take("]") { return }
    repeat { try element(&self) } while take(",")
    try expect("]")
  }

  mutating func sizes() throws(HeaderProblem) -> [Int] {
    var sizes: [Int] = []
    try array { (scanner) throws(HeaderProblem) in sizes.append(try scanner.size()) }
    return sizes
  }

  mutating func text() throws(HeaderProblem) -> String {
    try expect("\"")
    var bytes = takePlainText()
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw HeaderProblem("the header is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): try takeEscaped(into: &bytes)
      default: throw unexpected()
      }
      bytes += takePlainText()
    }
    throw unexpected()
  }

  private mutating func takeEscaped(into bytes: inout ArraySlice<UInt8>) throws(HeaderProblem) {
    guard let byte = next() else { throw unexpected() }
    if byte == UInt8(ascii: "u") {
      bytes += Array(String(try escapedScalar()).utf8)
    } else if let (_, plain) = Self.escapes.first(where: { $0.letter == byte }) {
      bytes.append(plain)
    } else {
      throw unexpected()
    }
  }

  private static let escapes: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "\""), UInt8(ascii: "\"")), (UInt8(ascii: "\\"), UInt8(ascii: "\\")),
    (UInt8(ascii: "/"), UInt8(ascii: "/")), (UInt8(ascii: "b"), 0x08), (UInt8(ascii: "f"), 0x0C),
    (UInt8(ascii: "n"), UInt8(ascii: "\n")), (UInt8(ascii: "r"), UInt8(ascii: "\r")),
    (UInt8(ascii: "t"), UInt8(ascii: "\t")),
  ]

  /// A UTF-16 unit, or a pair of them.
  private mutating func escapedScalar() throws(HeaderProblem) -> Unicode.Scalar {
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard UTF16.isLeadSurrogate(UInt16(unit)), next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u")
    else { throw unexpected() }
    let second = try hexadecimal()
    guard UTF16.isTrailSurrogate(UInt16(second)),
      let scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + second & 0x3FF)
    else { throw unexpected() }
    return scalar
  }

  private mutating func hexadecimal() throws(HeaderProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected()
      }
      value = value << 4 + UInt32(digit)
    }
    return value
  }

  /// Passes over any value.
  mutating func skipValue(depth: Int = 0) throws(HeaderProblem) {
    if depth > Self.deepest { throw HeaderProblem("the header is nested too deeply") }
    switch peek() {
    case UInt8(ascii: "{"):
      try object { (scanner, _) throws(HeaderProblem) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try array { (scanner) throws(HeaderProblem) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try text()
    default:
      if take(word: "true") || take(word: "false") || take(word: "null") { return }
      try skipNumber()
    }
  }

  private mutating func skipNumber() throws(HeaderProblem) {
    let start = place
    while let byte = peek(), Self.numberBytes.contains(byte) { _ = next() }
    if place == start { throw unexpected() }
  }

  private static let numberBytes = Array("+-.0123456789Ee".utf8)
}
