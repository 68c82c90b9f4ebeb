/// A place in the text of a header, and the few things that JSON and Python literals have in common.
struct ByteScanner {
  let bytes: [UInt8]
  private(set) var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte that is no white space, not consumed; nil at the end.
  mutating func peek() -> UInt8? {
    while place < bytes.count, bytes[place].isSpace { place += 1 }
    return place < bytes.count ? bytes[place] : nil
  }

  /// Consumes the next byte that is no white space if it is this one.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: byte) else { return false }
    place += 1
    return true
  }

  mutating func expect(_ byte: Unicode.Scalar) throws(HeaderProblem) {
    if !take(byte) { throw unexpected() }
  }

  /// Consumes a word if it comes next.
  mutating func take(word: StaticString) -> Bool {
    _ = peek()
    let word = word.withUTF8Buffer { Array($0) }
    guard bytes[place...].starts(with: word) else { return false }
    place += word.count
    return true
  }

  /// Consumes one byte, white space too.
  mutating func next() -> UInt8? {
    guard place < bytes.count else { return nil }
    place += 1
    return bytes[place - 1]
  }

  /// Consumes what a text of JSON holds up to a quote, an escape or a byte that has no place in it.
  mutating func takePlainText() -> ArraySlice<UInt8> {
    let start = place
    bytes.withUnsafeBufferPointer { bytes in
      while place < bytes.count, bytes[place] >= 0x20, bytes[place] != UInt8(ascii: "\""),
        bytes[place] != UInt8(ascii: "\\")
      {
        place += 1
      }
    }
    return bytes[start..<place]
  }

  /// A decimal integer without sign, fraction or exponent; a leading `-` is told as what it is.
  mutating func size() throws(HeaderProblem) -> Int {
    if peek() == UInt8(ascii: "-") { throw HeaderProblem("the header has a negative size") }
    let start = place
    var value = 0
    while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[place] - UInt8(ascii: "0")))
      if overflow || carry { throw HeaderProblem("the header has a size beyond all bounds") }
      value = sum
      place += 1
    }
    if place == start { throw unexpected() }
    return value
  }

  func unexpected() -> HeaderProblem {
    place < bytes.count
      ? HeaderProblem("the header is malformed at its byte \(place)")
      : HeaderProblem("the header ends too early")
  }
}

extension UInt8 {
  /// White space of JSON.
  fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}
