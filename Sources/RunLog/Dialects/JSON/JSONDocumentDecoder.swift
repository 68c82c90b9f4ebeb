internal import FileAccess

/// One document of JSON that is a log: an array of objects or of `[time, step, value]`, objects of several lines one after
/// another, or one object of equally long lists.
///
/// A document of a few objects may be anything: what it holds is believed as objects between other text are.
final class JSONDocumentDecoder: FrameDecoder {
  private let keys: KeyInterner
  private let row: JSONLineDecoder
  private var memory = RowMemory()
  private var belief = Belief()
  private var elements = ElementScanner()
  private var history = KeyHistory()
  /// Rows inside the only object, where it has some.
  private var nested: [ElementScanner.Element]?
  /// Elements that are records already.
  private var taken = 0
  private(set) var lines = 0
  private(set) var stepSource = StepSource.logged

  init(keys: KeyInterner) {
    self.keys = keys
    row = JSONLineDecoder(keys: keys)
  }

  var dialect: Dialect { .jsonDocument }

  static func recognises(_ start: UnsafeRawBufferPointer) -> Recognition {
    let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
    let rest = text.drop { $0.isSpace }
    guard let first = rest.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return .no }
    let inside = rest.dropFirst()
    guard let key = inside.firstIndex(where: { !$0.isSpace }) else { return .undecided }
    let isSpread = inside[..<key].contains(UInt8(ascii: "\n"))
    if first == UInt8(ascii: "[") {
      return inside[key] == UInt8(ascii: "{") || inside[key] == UInt8(ascii: "[") ? .yes : .no
    }
    guard inside[key] == UInt8(ascii: "\"") else { return .no }
    return isSpread ? .yes : KeyHistory.recognises(UnsafeRawBufferPointer(rebasing: rest))
  }

  func startOver() -> Bool {
    memory.startOver()
    elements = ElementScanner()
    taken = 0
    lines = 0
    nested = nil
    return true
  }

  /// Nothing is consumed: where an element stands decides what it is, and the document is as large as its log.
  func decode(_ bytes: UnsafeRawBufferPointer, limit: Int, into batch: inout RecordBatch) -> Int {
    elements.scan(bytes)
    lines = elements.lines
    if elements.ranges.count == 1, !elements.isArray {
      let rows = history.rows(of: UnsafeRawBufferPointer(rebasing: bytes[elements.ranges[0].range]))
      if !rows.isEmpty { return append(rows, &batch) }
      if taken == 0, nested == nil { findNested(bytes) }
    }
    guard isBelieved(bytes) else { return 0 }
    let isFirst = taken == 0
    for element in rows[taken...] { append(element, bytes, &batch) }
    row.finishBatch(&batch)
    if row.wantsRereading, isFirst {
      let keys = batch.newKeys
      batch = RecordBatch()
      batch.newKeys = keys
      memory = RowMemory()
      row.startAgain()
      for element in rows { append(element, bytes, &batch) }
    }
    taken = rows.count
    stepSource = row.stepSource
    return 0
  }

  func obstacle(_ pending: UnsafeRawBufferPointer) -> String? {
    guard taken == 0, !pending.isBlank else { return nil }
    let count = elements.ranges.count
    if !elements.isWhole {
      return "JSON that is cut off behind \(count) whole \(count == 1 ? "object" : "objects")"
    }
    return "JSON without steps and metrics"
  }

  private var rows: [ElementScanner.Element] { nested ?? elements.ranges }

  private func findNested(_ bytes: UnsafeRawBufferPointer) {
    let object = elements.ranges[0]
    guard let found = NestedRows(UnsafeRawBufferPointer(rebasing: bytes[object.range])) else { return }
    let start = object.range.lowerBound
    var (position, line) = (start, object.line)
    nested = found.ranges.enumerated().map { index, range in
      line += bytes[position..<start + range.lowerBound].count { $0 == UInt8(ascii: "\n") }
      position = start + range.lowerBound
      return ElementScanner.Element(
        range: start + range.lowerBound..<start + range.upperBound, line: line, step: found.steps?[index])
    }
  }

  /// Looks at elements until they are believed.
  private func isBelieved(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if belief.isBelieved { return true }
    var probe = ProbeRows()
    for element in rows[taken...].prefix(Self.mostProbed) {
      if isPoint(bytes[element.range]) != nil { belief.believe() }
      probe.look(UnsafeRawBufferPointer(rebasing: bytes[element.range]), &belief)
      if belief.isBelieved { return true }
    }
    return false
  }

  private static let mostProbed = 64

  private func append(
    _ element: ElementScanner.Element, _ bytes: UnsafeRawBufferPointer, _ batch: inout RecordBatch
  ) {
    let content = bytes[element.range]
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: content))
    switch memory.compare(hasher.finalize()) {
    case .known: return
    case .new: break
    case .other:
      batch.notices.append(
        LogNotice(position: batch.records.count, line: element.line, kind: .startedOver(.replaced)))
    }
    if let point = isPoint(content) {
      append([KeyHistory.Row(step: point.step, time: point.time, numbers: [("value", point.value)])], &batch)
    } else {
      Padded.withBytes(content) {
        row.decode($0, ObjectPlace(line: element.line, step: element.step), into: &batch)
      }
    }
  }

  /// `[time, step, value]` of an export of TensorBoard.
  private func isPoint(_ content: Slice<UnsafeRawBufferPointer>) -> (time: Double, step: Int, value: Double)?
  {
    guard elements.isArray, content.first == UInt8(ascii: "["), content.count < 256 else { return nil }
    let cells = String(decoding: content.dropFirst().dropLast(), as: UTF8.self).split(separator: ",")
    guard cells.count == 3, case .plain(let time) = LooseNumber(cells[0]), time > LogTime.earliest,
      case .plain(let written) = LooseNumber(cells[1]), let step = Int(exactly: written),
      case .plain(let value) = LooseNumber(cells[2])
    else { return nil }
    return (LogTime.seconds(time) ?? time, step, value)
  }

  @discardableResult
  private func append(_ rows: [KeyHistory.Row], _ batch: inout RecordBatch) -> Int {
    for (index, row) in rows.enumerated() {
      let first = batch.numbers.count
      for (name, value) in row.numbers {
        batch.numberKeys.append(keys.index(of: name, announcedIn: &batch))
        batch.numbers.append(value)
      }
      if row.step == nil { stepSource = row.epoch == nil ? .inferredFromOrder : .inferredFromEpoch }
      batch.records.append(
        Record(
          line: 1, step: row.step ?? row.epoch ?? index, hasOwnStep: row.step != nil, time: row.time,
          phase: .train,
          modes: ModelModes(), numbers: first..<batch.numbers.count))
    }
    if rows.count > 1 { taken = 1 }
    return 0
  }
}

/// Decodes objects only to see whether they are those of a log.
private struct ProbeRows: ~Copyable {
  private let keys: KeyInterner
  private var objects: JSONObjects

  init() {
    keys = KeyInterner()
    objects = JSONObjects(keys: keys)
  }

  mutating func look(_ bytes: UnsafeRawBufferPointer, _ belief: inout Belief) {
    guard bytes.first == UInt8(ascii: "{"), let record = decode(bytes) else { return }
    belief.note(
      object: record.names.hashValue, values: record.values.hashValue,
      hasMetric: record.names.contains { MetricWord.isIn(keys.names[Int($0)]) },
      hasStep: objects.hasStepOrEpoch, isAtStart: true)
  }

  private mutating func decode(_ bytes: UnsafeRawBufferPointer) -> (names: [UInt32], values: [Double])? {
    var batch = RecordBatch()
    let count = bytes.count
    let isRecord = withUnsafeTemporaryAllocation(byteCount: count + JSONLineDecoder.padding, alignment: 16) {
      copy in
      copy.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "\n"))
      copy.copyBytes(from: bytes)
      let line = UnsafeRawBufferPointer(rebasing: copy[..<count])
      return objects.decode(line, ObjectPlace(line: 1), into: &batch) == nil
    }
    guard isRecord, let record = batch.records.last, !record.numbers.isEmpty else { return nil }
    return (Array(batch.numberKeys[record.numbers]), Array(batch.numbers[record.numbers]))
  }
}

/// Finds the elements of an array, or objects one after another, as they are written.
private struct ElementScanner {
  struct Element {
    var range: Range<Int>
    var line: Int
    /// The step, where the key of the row is one.
    var step: Int?
  }

  private(set) var ranges: [Element] = []
  private(set) var isArray = false
  /// The last element, or the array, has ended.
  private(set) var isWhole = false
  private(set) var lines = 0
  private var position = 0
  private var line = 1
  private var depth = 0
  private var isText = false
  private var start: (position: Int, line: Int)?

  /// Goes on to the end of what is there now.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) {
    while position < bytes.count {
      let byte = bytes[position]
      if isText {
        if byte == UInt8(ascii: "\\") { position += 1 }
        if byte == UInt8(ascii: "\"") { isText = false }
      } else {
        look(at: byte)
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    lines = bytes.isEmpty ? 0 : line - (bytes.last == UInt8(ascii: "\n") ? 1 : 0)
  }

  private mutating func look(at byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): isText = true
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      if depth == 0, ranges.isEmpty, start == nil, byte == UInt8(ascii: "["), !isArray {
        isArray = true
        isWhole = false
        return
      }
      if depth == 0 { start = (position, line) }
      depth += 1
      isWhole = false
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      if depth == 0 {
        isWhole = true
        return
      }
      depth -= 1
      if depth == 0, let start {
        ranges.append(Element(range: start.position..<(position + 1), line: start.line))
        isWhole = !isArray
      }
    default: break
    }
  }
}

extension Dialect {
  /// One document of JSON: an array of records, objects of several lines, or lists of equal length by their key.
  package static let jsonDocument = Dialect("json-document")
}
