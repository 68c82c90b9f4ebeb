internal import FileAccess

/// A table of any habit: Lightning's `metrics.csv`, a spreadsheet's, exports of W&B and TensorBoard, a notebook's.
///
/// The step is in the column that is called so, else the epochs or the order of the rows stand for it. Loggers write the
/// whole file anew, with another header, when a metric appears: only new rows count then.
final class TableDecoder: LineDecoder {
  private let keys: KeyInterner
  private let shape: TableShape
  private var columns: TableColumns?
  private var memory = RowMemory()
  private var steps = StepInference()
  private var commas = CommaHabits()
  private var told: Set<String> = []
  /// The row that is being decoded, where it is a plain one.
  private var plainRow = PlainRow()
  /// Keys of the columns, once they were needed.
  private var columnKeys: [UInt32?] = []

  /// - Parameter start: the first lines, in which the table was recognised.
  init(keys: KeyInterner, start: UnsafeRawBufferPointer) {
    self.keys = keys
    shape = TableShape.find(start).shape ?? TableShape(separator: .byte(UInt8(ascii: ",")))
    columns = shape.names.map { TableColumns($0) }
    columnKeys = Array(repeating: nil, count: columns?.names.count ?? 0)
  }

  static var padding: Int { 0 }
  var dialect: Dialect? { shape.isLightning ? .lightningCSV : .table }
  var stepSource: StepSource { steps.source }
  var wantsRereading: Bool { steps.wantsRereading }

  func startAgain() {
    if shape.names == nil { columns = nil }
    memory = RowMemory()
    steps.startAgain()
  }

  func startOver() -> Bool {
    if shape.names == nil { columns = nil }
    memory.startOver()
    return true
  }

  func finishBatch(_ batch: inout RecordBatch) { steps.decide() }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    if decodePlain(line, number, &batch) { return }
    if line.firstVisibleByte == UInt8(ascii: "#") || TableShape.isRule(line) { return }
    var cells = shape.cells(of: line)
    if shape.names == nil, shape.isHeader(cells) {
      begin(cells, number, &batch)
      return
    }
    guard let columns else { return }
    if let names = shape.names {
      let list = names.count == 2 ? "step and value" : "step, name and value"
      tell("the table has no header: kltop reads its columns as \(list)", number, &batch)
    }
    if cells.count < columns.names.count {
      guard cells.count > 1, columns.step.map({ $0 < cells.count }) ?? true else {
        reject("\(cells.count) cells, but \(columns.names.count) in the header", number, &batch)
        return
      }
      tell("rows have \(cells.count) cells, of \(columns.names.count) that the header names", number, &batch)
      cells += Array(repeating: "", count: columns.names.count - cells.count)
    }
    if cells[columns.names.count...].contains(where: { !$0.isEmpty }) {
      tell("rows have \(cells.count) cells, of which the header names \(columns.names.count)", number, &batch)
    }
    var hash = RowHash()
    for (name, cell) in zip(columns.hashes, cells) where !cell.isEmpty { hash.add(cell.utf8, in: name) }
    guard isNews(hash, number, &batch) else { return }
    append(cells, columns, number, &batch)
  }

  /// False for a row that was there before.
  private func isNews(_ hash: RowHash, _ number: Int, _ batch: inout RecordBatch) -> Bool {
    switch memory.compare(hash.value) {
    case .known: return false
    case .new: break
    case .other:
      batch.notices.append(
        LogNotice(position: batch.records.count, line: number, kind: .startedOver(.replaced)))
    }
    return true
  }

  /// Decodes a row that has nothing but numbers, all as JSON writes them, and an integer for its step: nearly all have,
  /// and it takes no text. False for every other line.
  private func decodePlain(
    _ line: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    guard let columns, let separator = shape.plainSeparator, columns.long == nil, let step = columns.step,
      plainRow.read(line, separator: separator, columns: columns.names.count),
      let named = plainRow.integer(at: step)
    else { return false }
    var hash = RowHash()
    for cell in plainRow.cells { hash.add(cell.bytes, in: columns.hashes[cell.column]) }
    guard isNews(hash, number, &batch) else { return true }
    var time = Double.nan
    let first = batch.numbers.count
    for cell in plainRow.cells where cell.column != step {
      if cell.column == columns.time, let seconds = LogTime.seconds(cell.number) {
        time = seconds
      } else if !columns.names[cell.column].isEmpty {
        batch.numberKeys.append(key(ofColumn: cell.column, columns, &batch))
        batch.numbers.append(cell.number)
      }
    }
    // A whole step is never refused.
    let place = try? steps.place(.whole(named))
    let numbers = first..<batch.numbers.count
    batch.records.append(
      Record(
        line: number, step: place ?? inferred(plainRow, columns, numbers, batch), hasOwnStep: place != nil,
        time: time, phase: .train, modes: ModelModes(), numbers: numbers))
    return true
  }

  private func key(ofColumn column: Int, _ columns: TableColumns, _ batch: inout RecordBatch) -> UInt32 {
    if let key = columnKeys[column] { return key }
    let key = keys.index(of: columns.names[column], announcedIn: &batch)
    columnKeys[column] = key
    return key
  }

  private func inferred(
    _ cells: PlainRow, _ columns: TableColumns, _ numbers: Range<Int>, _ batch: borrowing RecordBatch
  ) -> Int {
    inferred(epoch: columns.epoch.flatMap { cells.number(at: $0) }, numbers, batch)
  }

  private func begin(_ header: [String], _ number: Int, _ batch: inout RecordBatch) {
    let columns = TableColumns(header)
    self.columns = columns
    columnKeys = Array(repeating: nil, count: columns.names.count)
    if let first = columns.leftOut.first {
      tell("kltop leaves out \(columns.leftOut.count) columns such as \(first)", number, &batch)
    }
  }

  private func append(_ cells: [String], _ columns: TableColumns, _ line: Int, _ batch: inout RecordBatch) {
    let first = batch.numbers.count
    let (time, isClock) = time(of: cells, columns)
    for (index, name) in columns.names.enumerated() {
      if index == columns.step || (index == columns.time && isClock) || name.isEmpty { continue }
      guard let name = metric(name, at: index, of: cells, columns), !cells[index].isEmpty else { continue }
      guard let number = LooseNumber(cells[index]) else {
        tellUnused(name, cells[index], line, &batch)
        continue
      }
      let key = keys.index(of: name, announcedIn: &batch)
      batch.numberKeys.append(key)
      let value = commas.value(number, of: key)
      batch.numbers.append(value)
      if !commas.news.isEmpty {
        commas.forgetNews()
        batch.tell(comma: cells[index], as: value, of: name, line: line)
      }
    }
    let numbers = first..<batch.numbers.count
    do throws(UnusableStep) {
      let named = try steps.place(try step(of: cells, columns))
      let place = named ?? inferred(cells, columns, numbers, batch)
      batch.records.append(
        Record(
          line: line, step: place, hasOwnStep: named != nil, time: time, phase: .train, modes: ModelModes(),
          numbers: numbers))
    } catch {
      batch.numbers.removeSubrange(numbers)
      batch.numberKeys.removeSubrange(numbers)
      reject("step is no integer", line, &batch)
    }
  }

  /// The name of the metric in a cell; of rows of one name and one value it stands in another cell.
  private func metric(_ name: String, at index: Int, of cells: [String], _ columns: TableColumns) -> String? {
    guard let long = columns.long else { return name }
    if index == long.value { return cells[long.name] }
    return index == long.name ? nil : name
  }

  private func step(of cells: [String], _ columns: TableColumns) throws(UnusableStep) -> OwnStep {
    guard let index = columns.step else { return .none }
    let text = cells[index]
    if text.isEmpty { return .none }
    if let step = Int(text) { return .whole(step) }
    guard let number = LooseNumber(text) else { throw UnusableStep() }
    switch number {
    case .plain(let value): return Int(exactly: value).map { .whole($0) } ?? .fraction
    case .comma(_, let thousands?): return Int(exactly: thousands).map { .whole($0) } ?? .fraction
    case .comma: return .fraction
    }
  }

  private func inferred(
    _ cells: [String], _ columns: TableColumns, _ numbers: Range<Int>, _ batch: borrowing RecordBatch
  ) -> Int {
    var epoch: Double?
    if let index = columns.epoch, case .plain(let number) = LooseNumber(cells[index]) { epoch = number }
    return inferred(epoch: epoch, numbers, batch)
  }

  private func inferred(epoch: Double?, _ numbers: Range<Int>, _ batch: borrowing RecordBatch) -> Int {
    var row = StepInference.Row()
    row.epoch = epoch
    let step = steps.place(row)
    steps.note(row, keys: batch.numberKeys[numbers], values: batch.numbers[numbers])
    return step
  }

  /// Seconds since 1970, and whether the column of times is a clock.
  private func time(of cells: [String], _ columns: TableColumns) -> (seconds: Double, isClock: Bool) {
    guard let index = columns.time else { return (.nan, false) }
    if case .plain(let number) = LooseNumber(cells[index]) {
      return LogTime.seconds(number).map { ($0, true) } ?? (.nan, false)
    }
    var text = cells[index]
    let seconds = text.withUTF8 { LogTime.seconds(UnsafeRawBufferPointer($0)) }
    return seconds.map { ($0, true) } ?? (.nan, false)
  }

  func mayEnd(_ line: UnsafeRawBufferPointer) -> Bool {
    columns.map { shape.cells(of: line).count >= $0.names.count } ?? true
  }

  /// A line without its end may lack digits.
  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int { 0 }

  private func reject(_ reason: String, _ number: Int, _ batch: inout RecordBatch) {
    batch.notices.append(
      LogNotice(position: batch.records.count, line: number, kind: .rejected(reason: reason)))
  }

  private func tellUnused(_ name: String, _ value: String, _ number: Int, _ batch: inout RecordBatch) {
    guard told.insert(name).inserted else { return }
    batch.notices.append(
      LogNotice(position: batch.records.count, line: number, kind: .unusedKey(name, value: value)))
  }

  private func tell(_ remark: String, _ number: Int, _ batch: inout RecordBatch) {
    guard told.insert(remark).inserted else { return }
    batch.notices.append(LogNotice(position: batch.records.count, line: number, kind: .remark(remark)))
  }
}

extension Dialect {
  /// `metrics.csv` of Lightning's CSVLogger.
  package static let lightningCSV = Dialect("lightning-csv")
  /// A table with a header: cells between commas, semicolons, tabs, bars or blanks.
  package static let table = Dialect("table")
}
