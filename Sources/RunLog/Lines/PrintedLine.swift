/// The bytes of a line of text, and the words and numbers that stand at its positions.
struct PrintedLine {
  let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  func skippingBlanks(_ start: Int) -> Int {
    var next = start
    while byte(next) == UInt8(ascii: " ") { next += 1 }
    return next
  }

  func text(_ start: Int, _ end: Int) -> String {
    start < end ? String(decoding: bytes[start..<min(end, bytes.count)], as: UTF8.self) : ""
  }

  func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }

  func isSpace(_ index: Int) -> Bool { byte(index)?.isSpace ?? true }

  func isWordByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  func starts(_ text: StaticString, at index: Int) -> Bool {
    index < bytes.count
      && UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[index...]).starts(with: text)
  }

  func integer(at start: Int) -> (Int, end: Int)? {
    var end = start
    var value = 0
    while let digit = byte(end), digit.isDigit, end - start < 18 {
      value = value * 10 + Int(digit - 0x30)
      end += 1
    }
    return end > start && byte(end)?.isDigit != true ? (value, end) : nil
  }

  /// A number at a position: digits with a point or a comma and an exponent, `nan` or `inf`.
  func number(at start: Int) -> (Double, end: Int)? {
    var end = start
    if let sign = byte(end), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { end += 1 }
    if let word = byte(end), word.isLetter {
      while let letter = byte(end), letter.isLetter { end += 1 }
      guard end - start <= 9, case .plain(let value) = LooseNumber(text(start, end)) else { return nil }
      return (value, end)
    }
    let digits = end
    while let next = byte(end), next.isDigit || isPoint(at: end) { end += 1 }
    guard end > digits, bytes[digits].isDigit || byte(digits + 1)?.isDigit == true else { return nil }
    if let e = byte(end), e | 0x20 == UInt8(ascii: "e") {
      var exponent = end + 1
      if let sign = byte(exponent), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { exponent += 1 }
      if byte(exponent)?.isDigit == true {
        while byte(exponent)?.isDigit == true { exponent += 1 }
        end = exponent
      }
    }
    switch LooseNumber(text(start, end)) {
    case .plain(let value): return (value, end)
    case .comma(let decimal, let thousands): return (thousands ?? decimal, end)
    case nil: return nil
    }
  }

  /// A point, or a comma between digits that no other digits follow behind a second one.
  func isPoint(at index: Int) -> Bool {
    if byte(index) == UInt8(ascii: ".") { return true }
    return byte(index) == UInt8(ascii: ",") && index > 0 && bytes[index - 1].isDigit
      && byte(index + 1)?.isDigit == true
  }

  /// The end of a number with its unit, where nothing follows that makes it a time, a date or a version.
  func endsWell(_ end: Int) -> Int? {
    if isEnd(end) || byte(end) == UInt8(ascii: ":") && isSpace(end + 1) { return end }
    var after = end
    while let byte = byte(after),
      byte.isLetter || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "/") || byte >= 0x80
    {
      after += 1
    }
    guard after > end, after - end <= 14, bytes[end] != UInt8(ascii: "/") else { return nil }
    // The percentage of a bar.
    if bytes[end] == UInt8(ascii: "%"), byte(end + 1) == UInt8(ascii: "|") { return nil }
    // `12.34GiB(12.3%)`
    if byte(after) == UInt8(ascii: "("),
      let close = bytes[after...].prefix(12).firstIndex(of: UInt8(ascii: ")"))
    {
      after = close + 1
    }
    return isEnd(after) ? after : nil
  }

  func isEnd(_ index: Int) -> Bool {
    guard let byte = byte(index) else { return true }
    return byte.isSpace || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "|")
      || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}")
  }
}
