/// How a table is written, told from its first lines.
struct TableShape: Equatable, Sendable {
  /// What stands between cells.
  enum Separator: Equatable, Sendable {
    case byte(UInt8)
    /// Two blanks or more: names have single ones.
    case gaps
    case blanks
  }

  var separator: Separator
  /// The names of columns without a header: two of numbers, or a number, a name and a number.
  var names: [String]?
  /// One column, of numbers under the name of a metric.
  var isSingle = false
  /// The header of Lightning's logger.
  var isLightning = false

  private static let separators: [Separator] = [
    .byte(UInt8(ascii: "\t")), .byte(UInt8(ascii: ";")), .byte(UInt8(ascii: "|")), .byte(UInt8(ascii: ",")),
    .gaps,
    .blanks,
  ]
  /// Lines in front of a header.
  private static let mostLinesBefore = 8
  private static let longestLine = 1 << 20
  /// Rows of numbers without a header that are believed.
  private static let fewRows = 3

  /// Whether the start of a source is a table.
  static func recognises(_ start: UnsafeRawBufferPointer) -> Recognition { find(start).recognition }

  /// The shape of the table at the start of a source.
  static func find(_ start: UnsafeRawBufferPointer) -> (recognition: Recognition, shape: TableShape?) {
    let lines = firstLines(of: start)
    guard let first = lines.first, first.firstVisibleByte != UInt8(ascii: "{") else { return (.no, nil) }
    for separator in separators {
      let shape = TableShape(separator: separator)
      let rows = lines.map { shape.cells(of: $0) }
      for (index, cells) in rows.enumerated() where isHeader(cells, separator) {
        guard index + 1 < rows.count else {
          if rows.count == 1, hasStep(cells) { return (.undecided, nil) }
          continue
        }
        guard isRow(rows[index + 1], below: cells) else { continue }
        return (.yes, TableShape(separator: separator, isLightning: isLightning(cells, separator)))
      }
      if rows.count >= fewRows, let names = names(ofRows: rows) {
        return (.yes, TableShape(separator: separator, names: names))
      }
    }
    let texts = lines.map { WindowsText.string($0.trimmedAtEnd) }
    if texts.count > fewRows, MetricWord.isIn(texts[0]), !texts[0].contains(where: \.isWhitespace),
      texts.dropFirst().allSatisfy({ LooseNumber($0) != nil })
    {
      return (.yes, TableShape(separator: .byte(UInt8(ascii: ",")), isSingle: true))
    }
    return (.no, nil)
  }

  private static func isLightning(_ header: [String], _ separator: Separator) -> Bool {
    separator == .byte(UInt8(ascii: ",")) && header.contains("step")
  }

  /// Whole lines that are neither blank, a comment, nor a rule between rows.
  private static func firstLines(of start: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var lines: [UnsafeRawBufferPointer] = []
    var position = start.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while lines.count <= mostLinesBefore, position < start.count,
      let end = start[position...].prefix(longestLine).firstIndex(of: UInt8(ascii: "\n"))
    {
      let line = UnsafeRawBufferPointer(rebasing: start[position..<end])
      if let first = line.firstVisibleByte, first != UInt8(ascii: "#"), !isRule(line) { lines.append(line) }
      position = end + 1
    }
    return lines
  }

  /// `|---|:--:|` of Markdown.
  static func isRule(_ line: UnsafeRawBufferPointer) -> Bool {
    line.contains("--")
      && line.allSatisfy { $0.isSpace || "|-:+=".utf8.contains($0) }
  }

  /// Names, one of which a log has.
  static func isHeader(_ cells: [String], _ separator: Separator) -> Bool {
    // A column of an index has no name; nor has what follows a separator at the end.
    guard cells.count > 1, cells.dropFirst().dropLast().allSatisfy({ !$0.isEmpty }),
      cells[0] + cells[1] != "",
      cells.count > 2 || cells[1] != ""
    else { return false }
    guard cells.allSatisfy({ $0.utf8.count <= 200 && LooseNumber($0) == nil }) else { return false }
    if separator == .blanks || separator == .gaps,
      cells.contains(where: { $0.contains(":") || $0.contains("=") })
    {
      return false
    }
    if hasStep(cells) || TableColumns(cells).isLong { return true }
    if case .byte = separator { return cells.contains { MetricWord.isIn($0) } }
    return false
  }

  /// True for cells that name the columns of this table.
  func isHeader(_ cells: [String]) -> Bool {
    isSingle ? cells.count == 1 && MetricWord.isIn(cells[0]) : Self.isHeader(cells, separator)
  }

  private static func hasStep(_ cells: [String]) -> Bool {
    cells.contains { StepName.rank(ofKey: $0) != nil || TableColumns.isEpoch($0) }
  }

  private static func isRow(_ cells: [String], below header: [String]) -> Bool {
    guard cells.count == header.count else { return false }
    let filled = cells.filter { !$0.isEmpty }
    let numbers = filled.filter { LooseNumber($0) != nil }
    let step = header.indices.min {
      (StepName.rank(ofKey: header[$0]) ?? .max) < (StepName.rank(ofKey: header[$1]) ?? .max)
    }
    if let step, StepName.rank(ofKey: header[step]) != nil, LooseNumber(cells[step]) == nil { return false }
    return !numbers.isEmpty && (numbers.count * 2 >= filled.count || TableColumns(header).isLong)
  }

  /// The names of two columns of numbers, of which the first are whole and rise, or of three with the name of what is
  /// measured between them; `nil` for other rows.
  private static func names(ofRows rows: [[String]]) -> [String]? {
    var last = Int.min
    let isLong = rows[0].count == 3
    for row in rows {
      guard row.count == (isLong ? 3 : 2), let step = Int(row[0]), isLong ? step >= last : step > last,
        LooseNumber(row[row.count - 1]) != nil, !isLong || isMeasure(row[1])
      else { return nil }
      last = step
    }
    return isLong ? ["step", "name", "value"] : ["step", "value"]
  }

  private static func isMeasure(_ name: String) -> Bool {
    ["train", "val", "valid", "eval", "test", "hella"].contains(name) || MetricWord.isIn(name)
  }

  /// What separates cells in lines that need no closer look; `nil` where every line does.
  var plainSeparator: UInt8? {
    guard names == nil, !isSingle, case .byte(let byte) = separator, byte != UInt8(ascii: "|") else {
      return nil
    }
    return byte
  }

  /// The cells of a line without blanks around them; in quotes a separator is a part of the cell, and two quotes are one.
  func cells(of line: UnsafeRawBufferPointer) -> [String] {
    let line = line.trimmedAtEnd(of: separator)
    if isSingle { return [Self.trimmed(Array(line))] }
    let separator: UInt8
    switch self.separator {
    case .blanks: return line.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
    case .gaps:
      return WindowsText.string(line).split(separator: "  ").map { Self.trimmed(Array($0.utf8)) }.filter {
        !$0.isEmpty
      }
    case .byte(let byte): separator = byte
    }
    var cells: [[UInt8]] = [[]]
    var isQuoted = false
    for (index, byte) in line.enumerated() {
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        if isQuoted, index > 0, line[index - 1] == byte { cells[cells.count - 1].append(byte) }
      case separator where !isQuoted: cells.append([])
      default: cells[cells.count - 1].append(byte)
      }
    }
    var texts = cells.map { Self.trimmed($0) }
    // `| 10 | 2.5 |` has bars around its cells.
    if separator == UInt8(ascii: "|") {
      if texts.first == "" { texts.removeFirst() }
      if texts.last == "" { texts.removeLast() }
    }
    return texts
  }

  private static func trimmed(_ cell: [UInt8]) -> String {
    let rest = cell.drop { $0.isSpace }
    let end = rest.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? rest.startIndex
    return Array(rest[rest.startIndex..<end]).withUnsafeBytes { WindowsText.string($0) }
  }
}

extension UnsafeRawBufferPointer {
  /// Without white space at the end that is no separator.
  fileprivate func trimmedAtEnd(of separator: TableShape.Separator) -> UnsafeRawBufferPointer {
    var length = count
    while length > 0, self[length - 1].isSpace, .byte(self[length - 1]) != separator { length -= 1 }
    return UnsafeRawBufferPointer(rebasing: self[..<length])
  }
}

/// What the columns of a table are.
struct TableColumns {
  /// Names of the columns; empty for one that is no metric.
  let names: [String]
  private(set) var step: Int?
  private(set) var epoch: Int?
  private(set) var time: Int?
  /// Columns of the name of a metric and of its value, where a row has one.
  private(set) var long: (name: Int, value: Int)?
  /// Names of columns that are left out because others say the same.
  private(set) var leftOut: [String] = []
  /// What stands for the name of each column in a `RowHash`.
  private(set) var hashes: [UInt64] = []

  var isLong: Bool { long != nil }

  init(_ header: [String]) {
    var names = header
    step = header.indices.filter { StepName.rank(ofKey: header[$0]) != nil }
      .min { (StepName.rank(ofKey: header[$0]) ?? 0) < (StepName.rank(ofKey: header[$1]) ?? 0) }
    epoch = header.firstIndex(where: Self.isEpoch)
    time = header.firstIndex { Self.times.contains($0.lowercased()) }
    let lowered = header.map { $0.lowercased() }
    if let name = lowered.firstIndex(where: Self.metricNames.contains),
      let value = lowered.firstIndex(of: "value")
    {
      long = (name, value)
    }
    for index in header.indices {
      // Exports of W&B have the extremes of each point beside it; frames of pandas their index.
      if header[index].hasSuffix("__MIN") || header[index].hasSuffix("__MAX") {
        leftOut.append(header[index])
        names[index] = ""
      } else if header[index] == "Unnamed: 0" {
        names[index] = ""
      }
    }
    self.names = names
    hashes = names.map { RowHash.hash($0.utf8) }
  }

  static func isEpoch(_ name: String) -> Bool { ["epoch", "epochs"].contains(name.lowercased()) }

  private static let metricNames: Set<String> = ["metric", "name", "key", "tag", "variable", "metric_name"]
  private static let times: Set<String> = [
    "wall time", "wall_time", "timestamp", "_timestamp", "time", "date", "datetime",
  ]
}
