/// Where keys stand in a text of TOML: the parser states only the places of its own errors.
struct SettingsLines {
  private let lines: [Substring]

  init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The line of a key, from 1; the line of its table where the key is written in a way of its own.
  func line(of key: String, in table: String?) -> Int {
    var current: String?
    var fallback = 1
    for (index, line) in lines.enumerated() {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.first == "[" {
        current = String(trimmed.dropFirst().prefix { $0 != "]" })
        if current == table || current == key { fallback = index + 1 }
      }
      let isInTable = current == table && Self.key(of: trimmed) == key
      if isInTable || Self.key(of: trimmed) == table.map({ "\($0).\(key)" }) { return index + 1 }
    }
    return fallback
  }

  /// What stands before the equals sign, without quotes.
  private static func key(of line: Substring) -> String? {
    guard let equals = line.firstIndex(of: "=") else { return nil }
    return line[..<equals].filter { !" \t\"'".contains($0) }
  }
}
