/// One row of a block of text: a name and a number, between bars of a drawn table or with a colon between them.
enum BlockLine: Equatable {
  case row(name: String, value: Double)
  /// `train/` of a table whose rows below are parts of it.
  case section(String)
  /// A name and a text.
  case other
  /// Whatever ends a block.
  case end

  private static let bars: Set<Character> = ["|", "│", "┃", "║"]
  private static let longest = 200

  /// What a line is, without escape sequences.
  init(_ line: UnsafeRawBufferPointer) {
    guard line.count <= Self.longest else {
      self = .end
      return
    }
    let text = String(decoding: line, as: UTF8.self).trimmedOfBlanks
    guard let first = text.first, let last = text.last else {
      self = .end
      return
    }
    if Self.bars.contains(first), Self.bars.contains(last), text.count > 1 {
      self.init(cells: text.dropFirst().dropLast().split { Self.bars.contains($0) }.map(\.trimmedOfBlanks))
    } else if let colon = text.firstIndex(of: ":"), text.index(after: colon) < text.endIndex {
      let (name, value) = (text[..<colon].trimmedOfBlanks, text[text.index(after: colon)...])
      guard value.first == " ", Self.isName(name) else {
        self = .end
        return
      }
      self.init(name: name, value: value.trimmedOfBlanks)
    } else {
      self = .end
    }
  }

  private init(cells: [Substring]) {
    switch cells.filter({ !$0.isEmpty }).count {
    case 2 where cells.count == 2: self.init(name: cells[0], value: cells[1])
    case 1:
      let cell = cells.first { !$0.isEmpty } ?? ""
      if let gap = cell.firstRange(of: "  ") {
        self.init(name: cell[..<gap.lowerBound], value: cell[gap.upperBound...].trimmedOfBlanks)
      } else {
        self = cell.hasSuffix("/") ? .section(String(cell)) : .other
      }
    default: self = .end
    }
  }

  private init(name: Substring, value: Substring) {
    if case .plain(let number) = LooseNumber(value), Self.isName(name) {
      self = .row(name: String(name), value: number)
    } else {
      self = .other
    }
  }

  private static func isName(_ text: Substring) -> Bool {
    text.utf8.count <= 80 && text.utf8.contains(where: \.isLetter)
      && !text.utf8.contains { "\"'`{}()<>;=\\".utf8.contains($0) }
  }
}

/// Rows that follow each other, one name and one number each, of which one is the step: the results that a program prints
/// as a table or a list.
struct TextBlock {
  private var names: [String] = []
  private var values: [Double] = []
  private var section = ""
  /// Line of the first row.
  private(set) var line = 0

  /// Rows of one block; a longer list is no result.
  private static let mostRows = 256

  /// True where rows wait for the end of their block.
  var isOpen: Bool { !names.isEmpty }

  mutating func add(_ name: String, _ value: Double, line: Int) {
    if names.isEmpty { self.line = line }
    // Lists of thousands of names, or one that comes twice, are none.
    guard names.count < Self.mostRows else { return }
    names.append(section + name)
    values.append(value)
  }

  mutating func begin(section: String) { self.section = section }

  /// The whole block, at its end; `nil` where it names no step or nothing else.
  mutating func end() -> PairLine? {
    defer { self = TextBlock() }
    guard names.count > 1, names.count < Self.mostRows else { return nil }
    let step = names.indices.filter { !Self.isSetting(names[$0]) && Int(exactly: values[$0]) != nil }
      .compactMap { index in StepName.rank(ofKey: names[index]).map { (index, $0) } }
      .min { $0.1 < $1.1 }?.0
    let epoch = names.firstIndex { ["epoch", "epochs"].contains($0.lowercased()) }
    guard step != nil || epoch != nil else { return nil }
    let pairs = names.indices.filter { $0 != step && $0 != epoch }.map {
      (name: names[$0], value: values[$0])
    }
    return PairLine(
      pairs: pairs, step: step.map { Int(values[$0]) }, epoch: epoch.map { values[$0] }, bar: nil)
  }

  /// Names that mean a setting in a list of them.
  private static func isSetting(_ name: String) -> Bool {
    ["steps", "batch", "updates", "iters", "num_steps"].contains(name.lowercased())
  }
}

extension StringProtocol {
  /// Without blanks at both ends.
  fileprivate var trimmedOfBlanks: SubSequence {
    var (start, end) = (startIndex, endIndex)
    while start < end, self[start].isWhitespace { start = index(after: start) }
    while start < end, self[index(before: end)].isWhitespace { end = index(before: end) }
    return self[start..<end]
  }
}
