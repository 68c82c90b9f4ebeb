/// Numbers as Python programs print them.
enum PrintedNumber {
  /// The value of a text: a number, `nan`, `inf`, any of them in quotes or as `np.float64(0.1)`, or
  /// `tensor(0.1,` of a tensor elsewhere; `nil` for all else.
  static func value(_ text: some StringProtocol) -> Double? {
    var rest = trimmed(text)
    if let first = rest.first, first == "'" || first == "\"", rest.count > 1, rest.last == first {
      rest = trimmed(rest.dropFirst().dropLast())
    }
    if let open = rest.firstIndex(of: "(") {
      rest = trimmed(rest[rest.index(after: open)...].prefix { $0 != "," && $0 != ")" })
    }
    guard let first = rest.utf8.first, starts.contains(first) else { return nil }
    return Double(rest)
  }

  /// What a number, `nan` or `inf` begins with.
  private static let starts = Set("+-.0123456789nNiI".utf8)

  private static func trimmed(_ text: some StringProtocol) -> Substring {
    var rest = Substring(text)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest
  }

  /// The integer at the start of a text, and what follows it.
  static func integer(atStartOf text: Substring) -> (Int, Substring)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    return Int(digits).map { ($0, text[digits.endIndex...]) }
  }
}
