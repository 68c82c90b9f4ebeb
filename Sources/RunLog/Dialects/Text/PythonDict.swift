/// A Python dict that was printed on one line, with its numbers.
struct PythonDict {
  /// Keys and values in their order; values that are no numbers are left out.
  private(set) var numbers: [(key: String, value: Double)] = []
  /// `epoch` as it was written.
  private(set) var epoch: Epoch?
  /// The step, under the surest of its names.
  private(set) var step: Int?
  private var stepRank = Int.max
  private(set) var phase = Phase.train
  /// Where in the text it begins.
  private(set) var start = 0

  /// How far a run has come, and how exactly that was printed.
  struct Epoch: Hashable {
    var value: Double
    /// Half a unit of the last digit that was kept.
    var tolerance: Double
  }

  /// Finds a dict with numbers in a line; `nil` where there is none, or where nothing in it is of a training.
  init?(in line: String) {
    var rest = line[...]
    for _ in 0..<Self.mostStarts {
      guard let start = rest.firstIndex(of: "{") else { return nil }
      rest = rest[start...].dropFirst()
      guard rest.first == "'" || rest.first == "\"" else { continue }
      if let found = Self(at: rest) {
        self = found
        self.start = line.utf8.distance(from: line.startIndex, to: start)
        return
      }
    }
    return nil
  }

  /// A torn row may stand before a whole one; garbage must not make the search long.
  private static let mostStarts = 8

  /// Reads what follows the brace of a dict.
  private init?(at start: Substring) {
    var rest = start
    while true {
      rest = rest.drop { $0 == " " || $0 == "," }
      guard let first = rest.first else { return nil }
      if first == "}" { break }
      guard let (key, afterKey) = Self.quoted(rest), afterKey.first == ":",
        let (value, afterValue) = Self.value(afterKey.dropFirst().drop { $0 == " " })
      else { return nil }
      add(String(key), value, depth: 0)
      rest = afterValue
    }
    guard !numbers.isEmpty, epoch != nil || step != nil || hasMetric else { return nil }
    if step != nil {
      numbers.removeAll { StepName.rank(ofKey: $0.key) == stepRank }
      if numbers.isEmpty { return nil }
    }
  }

  var hasMetric: Bool { numbers.contains { MetricWord.isIn($0.key) } }

  /// Takes a value, or those of a dict in its place, whose keys are joined with `/`.
  private mutating func add(_ key: String, _ text: Substring, depth: Int) {
    if text.first == "{", depth < Self.deepest {
      var rest = text.dropFirst()
      while true {
        rest = rest.drop { $0 == " " || $0 == "," }
        guard let (own, afterKey) = Self.quoted(rest), afterKey.first == ":",
          let (value, afterValue) = Self.value(afterKey.dropFirst().drop { $0 == " " })
        else { return }
        add(key + "/" + own, value, depth: depth + 1)
        rest = afterValue
      }
    }
    let plain = text.filter { $0 != "'" && $0 != "\"" }
    if let rank = StepName.rank(ofKey: key), rank < stepRank,
      let step = Int(plain.prefix { $0 != "/" }.filter { $0 != " " })
    {
      (self.step, stepRank) = (step, rank)
    }
    if ["mode", "phase", "split"].contains(key), Phase(word: plain) == .eval { phase = .eval }
    guard let number = PrintedNumber.value(text) ?? Self.loose(plain) else { return }
    numbers.removeAll { $0.key == key }
    numbers.append((key, number))
    if key == "epoch", number.isFinite, number >= 0 {
      epoch = Epoch(value: number, tolerance: Self.tolerance(of: text, number))
    }
  }

  private static let deepest = 4

  private static func loose(_ text: String) -> Double? {
    switch LooseNumber(text) {
    case .plain(let number): number
    case .comma(let decimal, let thousands): thousands ?? decimal
    case nil: nil
    }
  }

  /// Version 5 of transformers prints four significant digits, in quotes; version 4 rounds to two decimals.
  private static func tolerance(of text: Substring, _ number: Double) -> Double {
    guard text.first == "'" || text.first == "\"" else {
      let decimals =
        text.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first?.count ?? 0
      return decimals <= 2 ? 0.005 : number * 1e-12
    }
    var unit = number == 0 ? 0 : 0.5e-3
    while unit > 0, number >= unit * 2e4 { unit *= 10 }
    while unit > 0, number < unit * 2e3 { unit /= 10 }
    return unit
  }

  /// A string in quotes at the start of a text, without them.
  private static func quoted(_ text: Substring) -> (Substring, Substring)? {
    guard let quote = text.first, quote == "'" || quote == "\"" else { return nil }
    var index = text.index(after: text.startIndex)
    while index < text.endIndex, text[index] != quote {
      if text[index] == "\\" { index = text.index(after: index) }
      if index < text.endIndex { index = text.index(after: index) }
    }
    guard index < text.endIndex else { return nil }
    return (text[text.index(after: text.startIndex)..<index], text[text.index(after: index)...])
  }

  /// A value, with its quotes if it has some, up to the comma or brace behind it.
  private static func value(_ text: Substring) -> (Substring, Substring)? {
    var depth = 0
    var rest = text
    while let first = rest.first {
      if first == "'" || first == "\"" {
        guard let (_, after) = quoted(rest) else { return nil }
        rest = after
        continue
      }
      if depth == 0, first == "," || first == "}" { return (text[..<rest.startIndex], rest) }
      if "[({".contains(first) { depth += 1 }
      if "])}".contains(first) { depth -= 1 }
      rest = rest.dropFirst()
    }
    return nil
  }
}
