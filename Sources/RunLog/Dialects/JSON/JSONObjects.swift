import CSimdJSON

/// Reads objects of JSON into records; it owns the parser.
struct JSONObjects: ~Copyable {
  private let parser: LineParser
  private let positions = UnsafeMutablePointer<Int32>.allocate(capacity: LineFields.roleCount)
  private let keys: KeyInterner
  private var nodes: KeyNodes
  private var tornLines = TornLineSearch()
  private var steps = StepInference()
  private var values = LooseValues()
  private var times = SmallTimes()
  private var constants = ConstantSteps()
  private var form: Dialect?
  /// The object that was decoded last named its step, or an epoch.
  private(set) var hasStepOrEpoch = false

  init(keys: KeyInterner) {
    guard let decoder = csj_create() else { preconditionFailure("out of memory") }
    parser = LineParser(decoder: decoder)
    self.keys = keys
    nodes = KeyNodes(decoder)
  }

  deinit {
    positions.deallocate()
    csj_destroy(parser.decoder)
  }

  /// What the objects so far show; `nil` where there was none.
  var dialect: Dialect? { form == .jsonl ? nodes.flavour?.dialect ?? .jsonl : form }
  var stepSource: StepSource { steps.source }
  /// What is known now changes what was read before.
  var wantsRereading: Bool { steps.wantsRereading || constants.wantsRereading || durationsAreNews }
  private var durationsAreNews = false

  mutating func startAgain() {
    // A constant was no step: nothing is known of the steps yet.
    if constants.wantsRereading { steps = StepInference() } else { steps.startAgain() }
    times.startAgain()
    constants.startAgain()
    durationsAreNews = false
  }

  mutating func decideSteps() { steps.decide() }

  /// Adds the records of a line of objects; returns why the line, or the rest of it, holds none.
  mutating func decode(
    _ line: UnsafeRawBufferPointer, _ place: ObjectPlace, into batch: inout RecordBatch
  ) -> String? {
    guard var problem = decodeObject(line, place, &batch) else { return nil }
    var rest = line
    while true {
      switch tornLines.split(rest, parser) {
      case .joined(let whole, let next):
        // An object that lacked its newline when the next one was written: nothing is lost.
        if let problem = decodeObject(whole, place, &batch) { reject(problem, place.line, &batch) }
        rest = next
      case .torn(let fresh):
        reject("torn line joined to the next", place.line, &batch)
        rest = fresh
      case .neither: return problem
      }
      guard let next = decodeObject(rest, place, &batch) else { return nil }
      problem = next
    }
  }

  /// The same for the objects at the start of an unended line that are whole; returns the bytes that they take.
  mutating func decodeWhole(
    _ line: UnsafeRawBufferPointer, _ place: ObjectPlace, into batch: inout RecordBatch
  ) -> Int {
    var rest = line
    while true {
      if rest.trimmedAtEnd.last == UInt8(ascii: "}") && parser.isObject(rest) {
        if let problem = decodeObject(rest, place, &batch) { reject(problem, place.line, &batch) }
        return line.count
      }
      guard case .joined(let whole, let next) = tornLines.splitWhole(rest, parser) else {
        return line.count - rest.count
      }
      if let problem = decodeObject(whole, place, &batch) { reject(problem, place.line, &batch) }
      rest = next
    }
  }

  func isObject(_ bytes: UnsafeRawBufferPointer) -> Bool { parser.isObject(bytes) }

  func reject(_ reason: String, _ line: Int, _ batch: inout RecordBatch) {
    batch.notices.append(
      LogNotice(position: batch.records.count, line: line, kind: .rejected(reason: reason)))
  }

  /// The text that an object wraps, as container runtimes and journals do, and its time; `nil` for a record of its own.
  func wrapped(_ bytes: UnsafeRawBufferPointer) -> (text: [UInt8], isAlways: Bool, time: Double)? {
    let (verdict, line) = parser.parse(bytes)
    guard verdict == csj_verdict_object, let line = line?.pointee, line.number_count == 0 else { return nil }
    var (text, isStream, time): (csj_text?, Bool, Double) = (nil, false, .nan)
    for item in UnsafeBufferPointer(start: line.items, count: line.item_count)
    where item.kind == csj_kind_text.byte && csj_node_parent(parser.decoder, item.node) == 0 {
      let name = csj_node_name(parser.decoder, item.node)
      if Self.wrappers.contains(where: { name.holds($0) }) {
        text = item.text
      } else if name.holds("stream") {
        isStream = true
      } else if name.holds("time") || name.holds("timestamp") {
        time =
          LogTime.seconds(UnsafeRawBufferPointer(start: item.text.bytes, count: item.text.length)) ?? time
      }
    }
    guard let text else { return nil }
    return (Array(UnsafeBufferPointer(start: text.bytes, count: text.length)), isStream, time)
  }

  private static let wrappers: [StaticString] = ["log", "message", "MESSAGE", "msg", "textPayload", "line"]

  /// Adds the record of one object; returns why it is none.
  private mutating func decodeObject(
    _ bytes: UnsafeRawBufferPointer, _ place: ObjectPlace, _ batch: inout RecordBatch
  ) -> String? {
    var (verdict, line) = parser.parse(bytes)
    if verdict == csj_verdict_invalid_utf8 { return decodeWindows(bytes, place, &batch) }
    let novelty = nodes.adopt(parser.decoder)
    if novelty.hasSteps, verdict == csj_verdict_object { (verdict, line) = parser.parse(bytes) }
    guard verdict == csj_verdict_object, let line else { return verdict.reason }
    let fields = LineFields(line.pointee, nodes, positions: positions)
    var step: Int?
    do throws(UnusableStep) {
      step = try steps.place(try ownStep(fields, place))
    } catch {
      return "step is no integer"
    }
    tornLines.note(firstKey: csj_first_key(parser.decoder))
    if novelty.isNative || fields.marksNative { form = .native }
    if form == nil { form = .jsonl }
    append(RecordReader(fields), place, step, &batch)
    return nil
  }

  /// The step that the line names, else the one that is printed before it.
  private mutating func ownStep(_ fields: LineFields, _ place: ObjectPlace) throws(UnusableStep) -> OwnStep {
    let step = try fields.step()
    hasStepOrEpoch = step != .none || place.step != nil
    guard case .whole(let number) = step, let node = fields.stepNode else {
      return step == .none ? place.step.map { .whole($0) } ?? .none : step
    }
    if constants.isConstant(node, number, nodes) { nodes.noteConstant(node) }
    return step
  }

  /// A line that is no UTF-8 is one of Windows-1252.
  private mutating func decodeWindows(
    _ bytes: UnsafeRawBufferPointer, _ place: ObjectPlace, _ batch: inout RecordBatch
  ) -> String? {
    let text = WindowsText.utf8(bytes)
    guard text.count > bytes.count else { return csj_verdict_invalid_utf8.reason }
    return Padded.withBytes(text) { decodeObject($0, place, &batch) }
  }

  private mutating func append(
    _ reader: RecordReader, _ place: ObjectPlace, _ named: Int?, _ batch: inout RecordBatch
  ) {
    var reader = reader
    let isPlain = reader.fields.hasOnlyNumbers
    let phase = isPlain ? .train : reader.phase
    let modes = isPlain ? ModelModes() : reader.modes
    let first = batch.numbers.count
    let time = time(of: reader, place, step: named)
    if case .small = time.written { reader.timeIsMetric = time.seconds.isNaN }
    reader.appendNumbers(nodes, to: &batch)
    let isShown = !isPlain && reader.appendTexts(&nodes, &values, parser.decoder, to: &batch)
    if nodes.hasValueKeys { nameValue(first..<batch.numbers.count, reader, &batch) }
    let numbers = first..<batch.numbers.count
    let step = named ?? inferred(numbers, reader, place, batch)
    nodes.resolve(numbers, phase, set: isPlain ? nil : reader.set, keys, in: &batch)
    if named == nil, steps.isUnsettled { note(numbers, batch) }
    let hasDistributions = reader.hasDistributions && reader.appendDistributions(line: place.line, to: &batch)
    if !isPlain { reader.appendRun(line: place.line, nodes, to: &batch) }
    guard
      named != nil || !numbers.isEmpty || isShown || hasDistributions || !modes.isEmpty
    else { return }
    batch.records.append(
      Record(
        line: place.line, step: step, hasOwnStep: named != nil, time: time.seconds, phase: phase,
        modes: modes, numbers: numbers))
  }

  private var lastRow = StepInference.Row()

  /// The step of a record that names none.
  private mutating func inferred(
    _ numbers: Range<Int>, _ reader: RecordReader, _ place: ObjectPlace, _ batch: borrowing RecordBatch
  ) -> Int {
    guard !numbers.isEmpty, !reader.hasDistributions else { return steps.current }
    let epoch = numbers.first { nodes.kinds[Int(batch.numberKeys[$0])] == .epoch }
    lastRow = StepInference.Row(epoch: epoch.map { batch.numbers[$0] }, bar: place.bar)
    if epoch != nil { hasStepOrEpoch = true }
    return steps.place(lastRow)
  }

  private mutating func note(_ numbers: Range<Int>, _ batch: borrowing RecordBatch) {
    guard !numbers.isEmpty else { return }
    steps.note(lastRow, keys: batch.numberKeys[numbers], values: batch.numbers[numbers])
  }

  /// The time of a record, and what it says about it; small numbers are a clock only while they rise.
  private mutating func time(
    of reader: RecordReader, _ place: ObjectPlace, step: Int?
  ) -> (seconds: Double, written: WrittenTime) {
    let written = reader.time
    switch written {
    case .none: return (place.time, written)
    case .date(let seconds): return (seconds, written)
    case .small(let number):
      let wereDurations = times.areDurations
      if times.mayBeClock(number, step: step ?? steps.current) { return (number, written) }
      if !wereDurations { durationsAreNews = true }
      return (place.time, written)
    }
  }

  /// A row of a name and its value: the value is a metric of that name.
  private mutating func nameValue(
    _ numbers: Range<Int>, _ reader: RecordReader, _ batch: inout RecordBatch
  ) {
    let values = numbers.filter { nodes.kinds[Int(batch.numberKeys[$0])] == .value }
    let line = reader.fields.line
    guard values.count == 1, let items = line.items,
      let name = (0..<line.item_count).first(where: {
        items[$0].kind == csj_kind_text.byte && nodes.kinds[Int(items[$0].node)] == .name
      }),
      let node = self.values.node(named: String(items[name].text), &nodes, parser.decoder)
    else { return }
    batch.numberKeys[values[0]] = node
  }
}

extension Dialect {
  /// Some line has `event`, `phase`, `mode`, a `logits…` or a `ref_…` key.
  package static let native = Dialect("kltop-jsonl")
  /// Any other JSON objects, one a line.
  package static let jsonl = Dialect("jsonl")
}
