/// Lines of the metrics of an mlflow run: `<milliseconds> <value> <step>` and, behind a tab, the metric's key.
///
/// Old stores have no step, newer ones may name a dataset behind it: `<milliseconds> <value>` and
/// `<milliseconds> <value> <step> <dataset> <digest>`.
final class MlflowDecoder: LineDecoder {
  private struct Line {
    var time: Int64
    var value: Double
    var step: Int?
    var key: UnsafeRawBufferPointer
  }

  private var keys: KeyCache
  /// Points of each key so far, and the record that its last one is in.
  private var counts: [Int] = []
  private var lastRecords: [Int] = []
  /// Records so far; the last one takes what was logged with it.
  private var records = 0
  private var open: (time: Int64, step: Int)?
  private var hasSteps = false
  private var hasLines = false

  init(keys: KeyInterner) {
    self.keys = KeyCache(keys)
  }

  static var padding: Int { 0 }
  var dialect: Dialect? { .mlflow }
  /// Without a step the points of a key are counted.
  var stepSource: StepSource { hasLines && !hasSteps ? .inferredFromOrder : .logged }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    guard let found = Self.parse(line) else {
      let reason = "not milliseconds, a value and a step: metric \(Self.key(of: line))"
      batch.notices.append(
        LogNotice(position: batch.records.count, line: number, kind: .rejected(reason: reason)))
      return
    }
    let key = Int(keys.index(of: found.key, announcedIn: &batch))
    while counts.count <= key {
      counts.append(0)
      lastRecords.append(0)
    }
    let step = found.step ?? counts[key]
    hasLines = true
    if found.step != nil { hasSteps = true }
    counts[key] += 1
    append(UInt32(key), found, step: step, line: number, to: &batch)
  }

  /// A line without its end may lack digits.
  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int { 0 }

  func finishBatch(_ batch: inout RecordBatch) { open = nil }

  private func append(_ key: UInt32, _ found: Line, step: Int, line: Int, to batch: inout RecordBatch) {
    let isTogether = open.map { $0 == (found.time, step) } == true && lastRecords[Int(key)] != records
    if !isTogether || batch.records.isEmpty || batch.notices.last?.position == batch.records.count {
      records += 1
      open = (found.time, step)
      let first = batch.numbers.count
      batch.records.append(
        Record(
          line: line, step: step, hasOwnStep: found.step != nil, time: Double(found.time) / 1000,
          phase: .train,
          modes: ModelModes(), numbers: first..<first))
    }
    lastRecords[Int(key)] = records
    batch.numberKeys.append(key)
    batch.numbers.append(found.value)
    let last = batch.records.count - 1
    batch.records[last].numbers = batch.records[last].numbers.lowerBound..<batch.numbers.count
  }

  private static func parse(_ line: UnsafeRawBufferPointer) -> Line? {
    guard let tab = line.lastIndex(of: UInt8(ascii: "\t")), tab + 1 < line.count else { return nil }
    var fields = Fields(UnsafeRawBufferPointer(rebasing: line[..<tab]))
    guard let time = fields.next()?.plainInteger, let text = fields.next(), let value = number(text) else {
      return nil
    }
    let key = UnsafeRawBufferPointer(rebasing: line[(tab + 1)...])
    guard let text = fields.next() else { return Line(time: Int64(time), value: value, step: nil, key: key) }
    return text.plainInteger.map { Line(time: Int64(time), value: value, step: $0, key: key) }
  }

  private static func number(_ text: UnsafeRawBufferPointer) -> Double? {
    text.plainNumber ?? PrintedNumber.value(String(decoding: text, as: UTF8.self))
  }

  private static func key(of line: UnsafeRawBufferPointer) -> Substring {
    let text = String(decoding: line, as: UTF8.self)
    return text.lastIndex(of: "\t").map { text[text.index(after: $0)...] } ?? ""
  }

  /// The words of a line.
  private struct Fields {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> UnsafeRawBufferPointer? {
      while position < bytes.count, bytes[position].isSpace { position += 1 }
      let start = position
      while position < bytes.count, !bytes[position].isSpace { position += 1 }
      return position > start ? UnsafeRawBufferPointer(rebasing: bytes[start..<position]) : nil
    }
  }
}

extension Dialect {
  /// Store of mlflow: a folder with a file for each metric, or a database.
  package static let mlflow = Dialect("mlflow")
}
