/// A table that a program prints between other text: a line of names, one of which is a step or an epoch, and below it
/// lines of as many numbers.
///
/// Trainers print the line of names once, or anew for each epoch; a bar may be drawn behind the numbers.
struct PrintedTable {
  /// Names of the columns, as they are cut by wide gaps and by single blanks.
  private var headers: [[String]] = []

  /// True where lines of numbers may be rows.
  var hasHeaders: Bool { !headers.isEmpty }

  private static let fewColumns = 2
  private static let mostColumns = 64
  private static let longest = 1000

  /// Takes note of a line of names, or reads a line of numbers below one; `nil` for every other line.
  mutating func read(_ line: UnsafeRawBufferPointer, bar: (done: Int, total: Int)?) -> PairLine? {
    guard line.count <= Self.longest, let first = line.firstVisibleByte else { return nil }
    if first.isDigit || first == UInt8(ascii: "-"), !headers.isEmpty { return row(line, bar: bar) }
    guard first.isLetter || first == UInt8(ascii: "_") else { return nil }
    note(line)
    return nil
  }

  private mutating func note(_ line: UnsafeRawBufferPointer) {
    let text = String(decoding: line.trimmedAtEnd, as: UTF8.self)
    // Most lines of a log have a number, a colon or a sign, which no name of a column has.
    guard !text.utf8.contains(UInt8(ascii: ":")), !text.utf8.contains(UInt8(ascii: "=")) else { return }
    let found = [Self.cells(text, isWide: true), Self.cells(text, isWide: false)].filter(Self.isHeader)
    if !found.isEmpty { headers = found }
  }

  private static func isHeader(_ names: [String]) -> Bool {
    (fewColumns...mostColumns).contains(names.count) && names.allSatisfy { LooseNumber($0) == nil }
      && names.contains { isPlace($0) } && names.contains { MetricWord.isIn($0) }
  }

  private static func isPlace(_ name: String) -> Bool { isEpoch(name) || isStep(name) }
  private static func isEpoch(_ name: String) -> Bool { TableColumns.isEpoch(name) }
  private static func isStep(_ name: String) -> Bool { StepName.rank(ofKey: name) != nil }

  private static func cells(_ text: String, isWide: Bool) -> [String] {
    guard isWide else { return text.split { $0 == " " || $0 == "\t" }.map(String.init) }
    return text.replacing("\t", with: "  ").split(separator: "  ", omittingEmptySubsequences: true)
      .map { $0.trimmingPrefix { $0 == " " } }.filter { !$0.isEmpty }.map(String.init)
  }

  private func row(_ line: UnsafeRawBufferPointer, bar: (done: Int, total: Int)?) -> PairLine? {
    var text = String(decoding: line, as: UTF8.self)[...]
    if let percent = text.firstRange(of: "%|"), let colon = text[..<percent.lowerBound].lastIndex(of: ":") {
      text = text[..<colon]
    }
    let cells = text.split { $0.isWhitespace }
    guard let names = headers.first(where: { $0.count == cells.count }) else { return nil }
    var line = (step: Int?.none, epoch: Double?.none)
    var pairs: [(name: String, value: Double)] = []
    for (name, cell) in zip(names, cells) {
      let count = cell.prefix { $0 != "/" }
      if Self.isEpoch(name), let epoch = Double(count) {
        line.epoch = line.epoch ?? epoch
      } else if Self.isStep(name), let step = Int(count) {
        line.step = line.step ?? step
      } else if let value = Self.number(cell) {
        pairs.append((name, value))
      }
    }
    guard line.step != nil || line.epoch != nil, pairs.contains(where: { MetricWord.isIn($0.name) }) else {
      return nil
    }
    return PairLine(pairs: pairs, step: line.step, epoch: line.epoch, bar: bar)
  }

  /// The number of a cell, without a unit of one letter.
  private static func number(_ cell: Substring) -> Double? {
    let digits = cell.last.map { "GMKkms".contains($0) } == true ? cell.dropLast() : cell
    guard case .plain(let value) = LooseNumber(digits) else { return nil }
    return value
  }
}
