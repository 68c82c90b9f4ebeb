/// The training step that a file's name tells.
enum StepInName {
  /// The digits after the last `step` in the name, else the last digits before the name's first dot, else nil.
  static func step(of path: String) -> Int? {
    let name = Array((path.split(separator: "/").last.map(String.init) ?? path).lowercased().utf8)
    let word = Array("step".utf8)
    let lastWord = name.indices.reversed().first { name[$0...].starts(with: word) }
    if let lastWord, let digits = firstDigits(in: name[(lastWord + word.count)...]) { return number(digits) }
    return lastDigits(in: name.prefix { $0 != UInt8(ascii: ".") }).flatMap(number)
  }

  private static func firstDigits(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let digits = bytes.drop { !isDigit($0) }.prefix(while: isDigit)
    return digits.isEmpty ? nil : digits
  }

  private static func lastDigits(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let last = bytes.lastIndex(where: isDigit) else { return nil }
    return bytes[...last].suffix { isDigit($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    Int(String(decoding: digits, as: UTF8.self))
  }
}

extension ArraySlice<UInt8> {
  /// The longest end of which every byte fits.
  fileprivate func suffix(while fits: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    self[(lastIndex { !fits($0) }.map { $0 + 1 } ?? startIndex)...]
  }
}
