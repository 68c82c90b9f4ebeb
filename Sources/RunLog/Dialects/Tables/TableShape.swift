/// How a table is written, told from its first lines.
struct TableShape: Equatable, Sendable {
  /// What stands between cells; `nil` for runs of blanks.
  var separator: UInt8?
  /// False for two columns of numbers without names.
  var hasHeader = true
  /// The header of Lightning's logger.
  var isLightning = false

  private static let separators: [UInt8?] = [
    UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ","), nil,
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
      if rows.count >= fewRows, areNumbers(rows) {
        return (.yes, TableShape(separator: separator, hasHeader: false))
      }
    }
    return (.no, nil)
  }

  private static func isLightning(_ header: [String], _ separator: UInt8?) -> Bool {
    separator == UInt8(ascii: ",") && header.contains("step")
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
  static func isHeader(_ cells: [String], _ separator: UInt8?) -> Bool {
    guard cells.count > 1, cells.dropFirst().allSatisfy({ !$0.isEmpty }) else { return false }
    guard cells.allSatisfy({ $0.utf8.count <= 200 && LooseNumber($0) == nil }) else { return false }
    if separator == nil, cells.contains(where: { $0.contains(":") || $0.contains("=") }) { return false }
    if hasStep(cells) || TableColumns(cells).isLong { return true }
    return separator != nil && cells.contains { MetricWord.isIn($0) }
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

  /// Two columns of numbers, of which the first are whole and rise.
  private static func areNumbers(_ rows: [[String]]) -> Bool {
    var last = Int.min
    for row in rows {
      guard row.count == 2, let step = Int(row[0]), step > last, LooseNumber(row[1]) != nil else {
        return false
      }
      last = step
    }
    return true
  }

  /// The cells of a line without blanks around them; in quotes a separator is a part of the cell, and two quotes are one.
  func cells(of line: UnsafeRawBufferPointer) -> [String] {
    let line = line.trimmedAtEnd(of: separator)
    guard let separator else {
      return line.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
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
  fileprivate func trimmedAtEnd(of separator: UInt8?) -> UnsafeRawBufferPointer {
    var length = count
    while length > 0, self[length - 1].isSpace, self[length - 1] != separator { length -= 1 }
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
  }

  static func isEpoch(_ name: String) -> Bool { ["epoch", "epochs"].contains(name.lowercased()) }

  private static let metricNames: Set<String> = ["metric", "name", "key", "tag", "variable", "metric_name"]
  private static let times: Set<String> = [
    "wall time", "wall_time", "timestamp", "_timestamp", "time", "date", "datetime",
  ]
}
