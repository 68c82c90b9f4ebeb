/// `metrics.csv` of Lightning's CSVLogger: a header, then rows with empty cells, several of one step.
///
/// The logger writes the whole file anew, with another header, when a metric appears: only new rows count then.
final class LightningCSVDecoder: LineDecoder {
  private let keys: KeyTable
  private var columns: [String]?
  private var memory = RowMemory()

  private static let stepColumn = "step"

  init(keys: KeyTable) {
    self.keys = keys
  }

  static var padding: Int { 0 }
  var dialect: Dialect? { .lightningCSV }

  /// A header: names without numbers, one of them `step`.
  static func recognises(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.count < 1 << 20, line.contains("step"), line.firstVisibleByte != UInt8(ascii: "{") else {
      return false
    }
    let names = cells(of: line)
    return names.count > 1 && names.contains(stepColumn)
      && names.allSatisfy { !$0.isEmpty && Double($0) == nil }
  }

  func startOver() -> Bool {
    columns = nil
    memory.startOver()
    return true
  }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    let cells = Self.cells(of: line)
    guard let columns else {
      self.columns = cells
      return
    }
    guard cells.count == columns.count else {
      let reason = "\(cells.count) cells, but \(columns.count) in the header"
      reject(reason, number, &batch)
      return
    }
    let pairs = zip(columns, cells).filter { !$0.1.isEmpty }
    // Lightning adds columns, so a row is the same if what it says is.
    let hash = pairs.reduce(0) { $0 &+ [$1.0, $1.1].hashValue }
    switch memory.compare(hash) {
    case .known: return
    case .new: break
    case .other:
      batch.notices.append(
        LogNotice(position: batch.records.count, line: number, kind: .startedOver(.replaced)))
    }
    append(pairs, number, &batch)
  }

  private func append(_ pairs: [(String, String)], _ line: Int, _ batch: inout RecordBatch) {
    guard let text = pairs.first(where: { $0.0 == Self.stepColumn })?.1,
      let step = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) })
    else {
      reject("step is no integer", line, &batch)
      return
    }
    let first = batch.numbers.count
    for (key, cell) in pairs where key != Self.stepColumn {
      guard let value = PrintedNumber.value(cell) else { continue }
      batch.numberKeys.append(keys.index(of: key, announcedIn: &batch))
      batch.numbers.append(value)
    }
    batch.records.append(
      Record(
        line: line, step: step, hasOwnStep: true, time: .nan, phase: .train, modes: ModelModes(),
        numbers: first..<batch.numbers.count))
  }

  /// A row without its end may lack digits.
  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int { 0 }

  private func reject(_ reason: String, _ line: Int, _ batch: inout RecordBatch) {
    batch.notices.append(
      LogNotice(position: batch.records.count, line: line, kind: .rejected(reason: reason)))
  }

  /// Cells between commas; in quotes a comma is a part of the cell, and two quotes are one.
  private static func cells(of line: UnsafeRawBufferPointer) -> [String] {
    var cells: [[UInt8]] = [[]]
    var isQuoted = false
    for (index, byte) in line.trimmedAtEnd.enumerated() {
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        if isQuoted, index > 0, line[index - 1] == byte { cells[cells.count - 1].append(byte) }
      case UInt8(ascii: ",") where !isQuoted: cells.append([])
      default: cells[cells.count - 1].append(byte)
      }
    }
    return cells.map { String(decoding: $0, as: UTF8.self) }
  }
}
