/// Lines of a log of any kind: objects of JSON, alone or behind whatever stands before them, dicts that Python printed, and
/// pairs of names and numbers in text.
///
/// In a log of JSON lines every other line is rejected. In a text of all kinds of lines only what repeats itself as a log
/// does is believed, and the rest is no fault.
final class LogLineDecoder: LineDecoder {
  static var padding: Int { JSONLineDecoder.padding }

  private let keys: KeyInterner
  // One thread owns a decoder, and nothing here calls back: each line would pay for finding that out.
  @exclusivity(unchecked) private var objects: JSONObjects
  private var rows: TextRows
  private var belief = Belief()
  @exclusivity(unchecked) private var bar = TrainingBar()
  private var toldProgress: TrainingProgress?
  /// Lines that are not blank, and those that are an object.
  @exclusivity(unchecked) private var lines = 0
  @exclusivity(unchecked) private var bareObjects = 0
  /// Dicts and other rows that count.
  private var dicts = 0
  /// Records of objects were handed over.
  private var hasObjects = false
  /// Something that was not believed yet was left out.
  private var hasLeftOut = false
  private var isNews = false
  /// The epoch that a line of its own named.
  private var epochOfLines: Double?
  /// A line of its own that named the step of the lines below it, and the number of lines since.
  private var head: (line: PairLine, number: Int)?
  /// Rows of one name and one number each, whose step is among them.
  private var block = TextBlock()
  private var table = PrintedTable()
  @exclusivity(unchecked) private var shapes = LineShapes()
  /// Values of the pairs of one line.
  @exclusivity(unchecked) private var values: [Double] = []
  private var spread = SpreadObject()
  /// The lines before were no records, and it was said that they are no faults.
  private var isPrinted = false
  /// Metrics by their keys, as far as they were looked at.
  private var metricKeys: [Bool] = []
  /// The part of a line that a container runtime cut.
  private var cut: [UInt8] = []

  init(keys: KeyInterner) {
    self.keys = keys
    objects = JSONObjects(keys: keys)
    rows = TextRows(keys: keys)
  }

  var dialect: Dialect? {
    if hasObjects, let dialect = objects.dialect { return dialect }
    guard belief.isBelieved, !rows.isEmpty else { return nil }
    return dicts > 0 ? .pythonDicts : .textPairs
  }

  var stepSource: StepSource { hasObjects ? objects.stepSource : rows.stepSource }

  var wantsRereading: Bool { objects.wantsRereading || isNews }

  func startAgain() {
    objects.startAgain()
    rows = TextRows(keys: keys)
    bar = TrainingBar()
    lines = 0
    bareObjects = 0
    dicts = 0
    hasLeftOut = false
    isNews = false
    epochOfLines = nil
    head = nil
    block = TextBlock()
    table = PrintedTable()
    spread = SpreadObject()
    isPrinted = false
    cut = []
  }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    lines += 1
    let problem: String
    if line.first == UInt8(ascii: "{") || line.firstVisibleByte == UInt8(ascii: "{") {
      guard let found = objects.decode(line, ObjectPlace(line: number, bar: bar.latest), into: &batch) else {
        bareObjects += 1
        if bareObjects < lines || !objects.hasStepOrEpoch {
          noteObject(line, isAtStart: true, number, &batch)
        }
        return
      }
      problem = found
      if objects.isObject(line) {
        objects.reject(problem, number, &batch)
        return
      }
    } else {
      if decodeKnownShape(line, number, &batch) { return }
      problem = "not JSON"
    }
    if decodeOther(line, number, &batch) { return }
    if !isPrinted { objects.reject(problem == "not JSON" ? other(line) : problem, number, &batch) }
  }

  /// Why a line that does not begin an object is none.
  private func other(_ line: UnsafeRawBufferPointer) -> String {
    var batch = RecordBatch()
    return Padded.withBytes(line) { objects.decode($0, ObjectPlace(line: 0), into: &batch) } ?? "not JSON"
  }

  func noteBlankLine(_ number: Int, into batch: inout RecordBatch) { endBlock(number, &batch) }

  /// A torn object is no record, and no fault either while it may go on.
  func mayEnd(_ line: UnsafeRawBufferPointer) -> Bool { line.firstVisibleByte != UInt8(ascii: "{") }

  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int {
    if line.firstVisibleByte == UInt8(ascii: "{") {
      let taken = objects.decodeWhole(line, ObjectPlace(line: number, bar: bar.latest), into: &batch)
      if taken > 0 {
        lines += 1
        bareObjects += 1
        if bareObjects < lines || !objects.hasStepOrEpoch {
          noteObject(line, isAtStart: true, number, &batch)
        }
        return taken
      }
    }
    // Drawings of a bar have no newline between them: what a carriage return ends is whole.
    if let end = line.lastIndex(of: UInt8(ascii: "\r")), end + 1 < line.count || line.contains("%|") {
      let whole = UnsafeRawBufferPointer(rebasing: line[...end])
      if decodeParts(whole, number, &batch) {
        lines += 1
        return end + 1
      }
    }
    guard line.trimmedAtEnd.last == UInt8(ascii: "}"), decodeOther(line, number, &batch) else { return 0 }
    lines += 1
    return line.count
  }

  func finishBatch(_ batch: inout RecordBatch) {
    let objectsCount = bareObjects * 2 >= lines || belief.isBelieved
    if !objectsCount {
      dropObjects(&batch)
    } else if bareObjects > 0 || batch.records.count > 0 {
      hasObjects = hasObjects || !batch.records.isEmpty || objects.dialect != nil
      if hasLeftOut { isNews = true }
    }
    objects.decideSteps()
    if belief.isBelieved { rows.finishBatch(&batch) }
    if let progress = bar.progress, progress != toldProgress, dialect != nil {
      toldProgress = progress
      batch.notices.append(LogNotice(position: batch.records.count, line: 1, kind: .progress(progress)))
    }
  }

  /// Takes back the records of objects that are not believed yet; they come again once they are.
  private func dropObjects(_ batch: inout RecordBatch) {
    guard !batch.records.isEmpty else { return }
    hasLeftOut = true
    batch.records.removeAll()
    batch.numbers.removeAll()
    batch.numberKeys.removeAll()
    batch.texts.removeAll()
    batch.distributions.removeAll()
    batch.notices = batch.notices.filter(\.isRejection).map {
      LogNotice(position: 0, line: $0.line, kind: $0.kind)
    }
  }
}

// MARK: - Objects between other text

extension LogLineDecoder {
  /// A line that is no object: what it holds is looked for in it; false where that is nothing.
  private func decodeOther(
    _ line: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    if let whole = joined(line) { return whole.withUnsafeBytes { decodeOther($0, number, &batch) } }
    if let brace = line.firstIndex(of: UInt8(ascii: "{")), line[brace...].contains(UInt8(ascii: "\"")),
      let end = line.endOfObject, decodeObject(in: line, brace..<end, number, &batch)
    {
      return true
    }
    if let object = spread.add(line), decodeSpread(object, number, &batch) { return true }
    return decodeParts(line, number, &batch)
  }

  /// A line of the interface of container runtimes (`TIME stdout P TEXT`), which cut it: its parts are put together.
  private func joined(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let first = line.first, first.isDigit, let mark = CutLine(line) else { return nil }
    cut += line[mark.text...]
    if mark.goesOn { return [] }
    defer { cut = [] }
    return cut.count == line.count - mark.text ? nil : cut
  }

  private func decodeSpread(_ object: [UInt8], _ number: Int, _ batch: inout RecordBatch) -> Bool {
    object.withUnsafeBytes { bytes in
      guard objects.isObject(bytes) else { return false }
      take(bytes, behind: UnsafeRawBufferPointer(rebasing: bytes[..<0]), number, &batch)
      return true
    }
  }

  /// The first brace from which the rest of the line is one object, but for commas and escape sequences behind it.
  private func decodeObject(
    in line: UnsafeRawBufferPointer, _ range: Range<Int>, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    // An object that is torn holds others, which are parts of it; one that is whole was refused already.
    let isBare = UnsafeRawBufferPointer(rebasing: line[..<range.lowerBound]).isBlank
    if isBare, UnsafeRawBufferPointer(rebasing: line[range.upperBound...]).isBlank { return false }
    var start = range.lowerBound
    for _ in 0..<(isBare ? 1 : Self.mostBraces) where start < range.upperBound {
      let object = UnsafeRawBufferPointer(rebasing: line[start..<range.upperBound])
      if objects.isObject(object) {
        take(object, behind: UnsafeRawBufferPointer(rebasing: line[..<start]), number, &batch)
        return true
      }
      guard let next = line[(start + 1)..<range.upperBound].firstIndex(of: UInt8(ascii: "{")) else {
        return false
      }
      start = next
    }
    return false
  }

  /// Braces of one line that may begin its object.
  private static let mostBraces = 16

  private func take(
    _ object: UnsafeRawBufferPointer, behind prefix: UnsafeRawBufferPointer, _ number: Int,
    _ batch: inout RecordBatch
  ) {
    let text = PlainText.bytes(prefix)
    var place = ObjectPlace(line: number)
    text.withUnsafeBytes { bytes in
      if bytes.contains("%|") { bar.note(String(decoding: bytes, as: UTF8.self)) }
      let last = bytes.lastIndex(of: UInt8(ascii: "\r")).map { $0 + 1 } ?? 0
      place.step = PairLine(UnsafeRawBufferPointer(rebasing: bytes[last...]))?.step
    }
    place.bar = bar.latest
    let isAtStart = text.allSatisfy { $0.isSpace } || text.last == UInt8(ascii: "\r")
    if let problem = Padded.withBytes(object, { objects.decode($0, place, into: &batch) }) {
      objects.reject(problem, number, &batch)
      return
    }
    noteObject(object, isAtStart: isAtStart, number, &batch)
  }

  /// Weighs the object that was decoded last, where others than objects are in the log; one that wraps a line of another
  /// log is unwrapped.
  private func noteObject(
    _ object: UnsafeRawBufferPointer, isAtStart: Bool, _ number: Int, _ batch: inout RecordBatch
  ) {
    guard let record = batch.records.last, record.line == number, !record.numbers.isEmpty else {
      unwrap(object, number, &batch)
      return
    }
    if belief.isBelieved && objects.hasStepOrEpoch { return }
    var (names, values) = (Hasher(), Hasher())
    var hasMetric = false
    for index in record.numbers {
      let key = batch.numberKeys[index]
      names.combine(key)
      values.combine(batch.numbers[index])
      if isMetric(key) { hasMetric = true }
    }
    if !hasMetric, !objects.hasStepOrEpoch { unwrap(object, number, &batch) }
    guard bareObjects < lines else { return }
    belief.note(
      object: names.finalize(), values: values.finalize(), hasMetric: hasMetric,
      hasStep: objects.hasStepOrEpoch, isAtStart: isAtStart)
    becomeText(number, &batch)
  }

  private func isMetric(_ key: UInt32) -> Bool {
    while metricKeys.count < keys.names.count {
      metricKeys.append(MetricWord.isIn(keys.names[metricKeys.count]))
    }
    return metricKeys[Int(key)]
  }

  /// A line of a container runtime or a journal: what it wraps is a line of the log.
  private func unwrap(_ object: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch) {
    guard let wrapped = objects.wrapped(object), wrapped.isAlways || wrapped.text.contains(where: \.isDigit)
    else {
      return
    }
    var text = cut + wrapped.text
    cut = []
    if wrapped.isAlways, text.last != UInt8(ascii: "\n") {
      cut = text
      text = []
    }
    while let last = text.last, last.isSpace { text.removeLast() }
    let outer = takeBack(number, &batch)
    let isRecord = Padded.withBytes(text) { line -> Bool in
      if line.first == UInt8(ascii: "{") {
        let place = ObjectPlace(line: number, bar: bar.latest, time: wrapped.time)
        if objects.decode(line, place, into: &batch) == nil { return true }
      }
      return !line.isEmpty && decodeOther(line, number, &batch)
    }
    if !isRecord, !wrapped.isAlways, let outer {
      batch.records.append(outer.record)
      batch.texts += outer.texts
    }
  }

  /// Removes the record of a line, which is the last one.
  private func takeBack(_ number: Int, _ batch: inout RecordBatch) -> (record: Record, texts: [RecordText])? {
    guard let record = batch.records.last, record.line == number else { return nil }
    batch.records.removeLast()
    let texts = batch.texts.filter { $0.record == batch.records.count }
    batch.texts.removeLast(texts.count)
    return (record, texts)
  }
}

// MARK: - Dicts and pairs

extension LogLineDecoder {
  /// The parts of a line between carriage returns; false where none is a record.
  private func decodeParts(
    _ line: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    let bytes = PlainText.bytes(line)
    return bytes.withUnsafeBytes { bytes in
      var isRecord = false
      for part in bytes.split(separator: UInt8(ascii: "\r")) {
        let part = UnsafeRawBufferPointer(rebasing: part)
        if part.contains("%|") { bar.note(String(decoding: part, as: UTF8.self)) }
        if decode(part: part, number, &batch) { isRecord = true }
      }
      return isRecord
    }
  }

  private func decode(part: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch) -> Bool {
    // With double quotes it is JSON, or torn.
    if part.contains("{"), part.contains("'") || bareObjects == 0 && part.contains("\""),
      part.count < Self.longestDict,
      let dict = PythonDict(in: WindowsText.string(part))
    {
      add(dict, in: part, number, &batch)
      return true
    }
    if let history = KeyHistory.printed(part) {
      belief.believe()
      for row in history { add(row, number, &batch) }
      return true
    }
    let line = PairLine(part)
    if let row = table.read(part, bar: line?.bar) {
      add(row, number, &batch)
      return true
    }
    if decodeBlock(part, line, number, &batch) { return true }
    guard let line, line.isCandidate else { return false }
    endBlock(number, &batch)
    if let keys = add(line, number, &batch) { shapes.note(part, line, keys: keys) }
    return true
  }

  /// A line whose numbers are in known places; false where it has to be looked through.
  private func decodeKnownShape(
    _ line: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    guard belief.isBelieved, cut.isEmpty, !spread.isOpen, let first = line.firstVisibleByte else {
      return false
    }
    // It may be a row of a table.
    if table.hasHeaders, first.isDigit || first == UInt8(ascii: "-") { return false }
    var text = line
    if text.last == UInt8(ascii: "\r") { text = UnsafeRawBufferPointer(rebasing: text.dropLast()) }
    guard let place = shapes.read(text, &values) else { return false }
    head = nil
    endBlock(number, &batch)
    becomeText(number, &batch)
    if place.step != nil, let epoch = place.epoch { values.append(epoch) }
    rows.add(row(place.step, place.epoch, place.bar, place.phase, number), keys: place.keys, values)
    return true
  }

  /// A row of a block: below a line that named its step, or one of several of which one is the step.
  private func decodeBlock(
    _ part: UnsafeRawBufferPointer, _ line: PairLine?, _ number: Int, _ batch: inout RecordBatch
  ) -> Bool {
    if let line, line.isCandidate, line.hasMetric {
      head = nil
      return false
    }
    if let line, line.hasPlace, !block.isOpen {
      head = (line, number)
      if let epoch = line.epoch, line.step == nil { epochOfLines = epoch }
      return false
    }
    let blockLine = BlockLine(part)
    if let head, number - head.number < Self.longestBlock,
      let row = row(below: head.line, part, line, blockLine, isNext: number - head.number == 1)
    {
      if part.first?.isSpace == false { self.head?.number = number }
      add(row, number, &batch)
      return true
    }
    switch blockLine {
    case .row(let name, let value): block.add(name, value, line: number)
    case .section(let name): block.begin(section: name)
    case .other: break
    case .end: endBlock(number, &batch)
    }
    return false
  }

  /// The pairs of a line that is indented below one that named its step, drawn as a row of a table, or next to it.
  private func row(
    below head: PairLine, _ part: UnsafeRawBufferPointer, _ line: PairLine?, _ blockLine: BlockLine,
    isNext: Bool
  ) -> PairLine? {
    guard let first = part.first else { return nil }
    let isDrawn = first >= 0x80 || first == UInt8(ascii: "|")
    guard first.isSpace || isDrawn || isNext else { return nil }
    var row = blockLine.line
    if !isDrawn, let line, !line.pairs.isEmpty { row = line }
    row?.takePlace(of: head)
    return row
  }

  private func endBlock(_ number: Int, _ batch: inout RecordBatch) {
    guard block.isOpen else { return }
    let line = block.line
    if let row = block.end(), row.isCandidate { add(row, line, &batch) }
  }

  /// Lines below one that names their step.
  private static let longestBlock = 64

  private static let longestDict = 1 << 20

  private func add(
    _ dict: PythonDict, in part: UnsafeRawBufferPointer, _ number: Int, _ batch: inout RecordBatch
  ) {
    let prefix = UnsafeRawBufferPointer(rebasing: part[..<min(dict.start, part.count)])
    let step = dict.step ?? PairLine(prefix)?.step
    let names = dict.numbers.map(\.key).hashValue
    belief.note(
      object: names, values: dict.numbers.map(\.value).hashValue, hasMetric: dict.hasMetric,
      hasStep: step != nil || dict.epoch != nil, isAtStart: prefix.isBlank)
    guard belief.isBelieved else {
      hasLeftOut = true
      return
    }
    dicts += 1
    let drawn = bar.latest.flatMap { done in bar.total.map { (done, $0) } }
    let row = TextRows.Row(line: number, step: step, epoch: dict.epoch, bar: drawn, phase: dict.phase)
    becomeText(number, &batch)
    rows.add(row, dict.numbers.map { ($0.key, $0.value) }, &batch)
  }

  /// Takes in a line of pairs.
  ///
  /// - Returns: the keys of its pairs, and of its epoch where that is taken in beside a step; `nil` where it is not
  ///   believed.
  @discardableResult
  private func add(_ line: PairLine, _ number: Int, _ batch: inout RecordBatch) -> [UInt32]? {
    let epoch = epoch(line.step, line.epoch, line.bar)
    let place = (line.step ?? line.bar?.done).map { Double($0) + (epoch ?? 0) * 0x1p-20 } ?? epoch
    belief.note(pairs: line.pairs.map(\.name).hashValue, hasMetric: line.hasMetric, step: place)
    guard belief.isBelieved else {
      hasLeftOut = true
      return nil
    }
    becomeText(number, &batch)
    let row = row(line.step, line.epoch, line.bar, line.phase, number)
    // A counter that begins anew in each epoch needs the epoch beside it.
    let hasBoth = line.step != nil && line.epoch != nil
    let names = line.pairs.map(\.name) + (hasBoth ? ["epoch"] : [])
    let keys = rows.keys(of: names, phase: line.phase, &batch)
    rows.add(row, keys: keys, line.pairs.map(\.value) + (hasBoth ? [line.epoch ?? 0] : []))
    return keys
  }

  private func row(
    _ step: Int?, _ epoch: Double?, _ bar: (done: Int, total: Int)?, _ phase: Phase, _ number: Int
  ) -> TextRows.Row {
    var row = TextRows.Row(line: number, step: step, bar: bar, isDrawing: bar != nil, phase: phase)
    row.epoch = self.epoch(step, epoch, bar).map { PythonDict.Epoch(value: $0, tolerance: $0 * 1e-12) }
    return row
  }

  /// The epoch of a line: of a bar that names none, the one that a line of its own named.
  private func epoch(_ step: Int?, _ epoch: Double?, _ bar: (done: Int, total: Int)?) -> Double? {
    epoch ?? (step == nil && bar != nil ? epochOfLines : nil)
  }

  /// From here on the log is one of text: what was rejected is no fault, and what was left out comes again.
  private func becomeText(_ number: Int, _ batch: inout RecordBatch) {
    guard belief.isBelieved else { return }
    if hasLeftOut { isNews = true }
    guard !isPrinted, bareObjects * 2 < lines || bareObjects == 0 else { return }
    isPrinted = true
    if lines > 1 {
      batch.notices.append(LogNotice(position: batch.records.count, line: number, kind: .printedOutput))
    }
  }
}

extension BlockLine {
  /// The row as a line of pairs.
  fileprivate var line: PairLine? {
    guard case .row(let name, let value) = self else { return nil }
    return PairLine(pairs: [(name, value)], step: nil, epoch: nil, bar: nil)
  }
}

/// `2024-01-01T00:00:00.1Z stdout P TEXT`: a line, or with `F` the last part of one.
private struct CutLine {
  /// Where its text begins.
  var text: Int
  /// Another part follows.
  var goesOn: Bool

  init?(_ line: UnsafeRawBufferPointer) {
    guard let blank = line.prefix(40).firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let rest = UnsafeRawBufferPointer(rebasing: line[blank...])
    guard rest.starts(with: " stdout ") || rest.starts(with: " stderr "), rest.count > 10,
      rest[9] == UInt8(ascii: " ")
    else { return nil }
    switch rest[8] {
    case UInt8(ascii: "P"): (text, goesOn) = (blank + 10, true)
    case UInt8(ascii: "F"): (text, goesOn) = (blank + 10, false)
    default: return nil
    }
  }
}

/// Text as a person sees it in a terminal.
enum PlainText {
  private static let escape = UInt8(0x1B)

  /// A text without escape sequences, and with straight quotes.
  static func bytes(_ line: UnsafeRawBufferPointer) -> [UInt8] {
    let hasQuotes = line.contains("{\u{2018}") || line.contains("{\u{2019}") || line.contains("{\u{201C}")
    guard hasQuotes || line.contains(escape) else { return Array(line) }
    let text = PrintedNumber.withoutEscapes(line)
    guard hasQuotes else { return Array(text.utf8) }
    return Array(
      String(
        text.map { character in
          switch character {
          case "\u{2018}", "\u{2019}": "'"
          case "\u{201C}", "\u{201D}": "\""
          default: character
          }
        }
      ).utf8)
  }
}

extension UnsafeRawBufferPointer {
  /// Behind the last brace, where only commas, blanks and escape sequences of terminals follow it.
  fileprivate var endOfObject: Int? {
    guard let brace = lastIndex(of: UInt8(ascii: "}")) else { return nil }
    var isEscape = false
    for byte in self[(brace + 1)...] {
      if byte == 0x1B {
        isEscape = true
      } else if isEscape {
        if byte.isLetter { isEscape = false }
      } else if !byte.isSpace, byte != UInt8(ascii: ",") {
        return nil
      }
    }
    return brace + 1
  }
}

extension LogNotice {
  fileprivate var isRejection: Bool {
    if case .rejected = kind { return true }
    return false
  }
}

/// The progress bar of the training: `  12%|█▏   | 12/100 [00:05<00:40,  2.1it/s]`, without words in front.
///
/// Bars of evaluations lie between; they have another total. A bar is drawn late, so its step is a lower bound.
struct TrainingBar {
  private(set) var step = 0
  private(set) var total: Int?
  private var secondsLeft: Double?

  /// Position of the bar; `nil` before there is one.
  var latest: Int? { total == nil ? nil : step }

  /// How far the training is, once there is a bar.
  var progress: TrainingProgress? {
    total.flatMap { TrainingProgress(done: step, total: $0, secondsLeft: secondsLeft) }
  }

  mutating func note(_ text: String) {
    for part in text.split(separator: "\r") {
      guard let percent = part.firstRange(of: "%|"),
        part[..<percent.lowerBound].allSatisfy({ $0 == " " || $0.isNumber }),
        let bar = part[percent.upperBound...].firstRange(of: "| "),
        let (step, rest) = PrintedNumber.integer(atStartOf: part[bar.upperBound...]), rest.first == "/",
        let (total, tail) = PrintedNumber.integer(atStartOf: rest.dropFirst())
      else { continue }
      if self.total == nil { self.total = total }
      guard self.total == total else { continue }
      self.step = step
      secondsLeft = Self.secondsLeft(tail)
    }
  }

  /// The time behind `<` in ` [00:05<00:40,  2.1it/s]`.
  private static func secondsLeft(_ text: Substring) -> Double? {
    guard let sign = text.firstIndex(of: "<") else { return nil }
    return TrainingProgress.seconds(text[text.index(after: sign)...].prefix { $0 != "," && $0 != "]" })
  }
}
