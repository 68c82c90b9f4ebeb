/// Lines of a log of any kind: objects of JSON, alone or behind whatever stands before them, dicts that Python printed, and
/// pairs of names and numbers in text.
///
/// In a log of JSON lines every other line is rejected. In a text of all kinds of lines only what repeats itself as a log
/// does is believed, and the rest is no fault.
final class LogLineDecoder: LineDecoder {
  static var padding: Int { JSONLineDecoder.padding }

  let keys: KeyInterner
  // One thread owns a decoder, and nothing here calls back: each line would pay for finding that out.
  @exclusivity(unchecked) var objects: JSONObjects
  var rows: TextRows
  var belief: Belief
  @exclusivity(unchecked) var bar = TrainingBar()
  private var toldProgress: TrainingProgress?
  /// Lines that are not blank, and those that are an object.
  @exclusivity(unchecked) var lines = 0
  @exclusivity(unchecked) var bareObjects = 0
  /// Dicts and other rows that count.
  var dicts = 0
  /// Records of objects were handed over.
  private var hasObjects = false
  /// Something that was not believed yet was left out.
  var hasLeftOut = false
  var isNews = false
  /// What lines above say about the next ones.
  var above = LinesAbove()
  /// The lines before were no records, and it was said that they are no faults.
  var isPrinted = false
  /// Metrics by their keys, as far as they were looked at.
  var metricKeys: [Bool] = []

  /// - Parameter expectsLog: what was there before was a log of this kind.
  init(keys: KeyInterner, expectsLog: Bool = false) {
    belief = Belief(expectsLog: expectsLog)
    self.keys = keys
    objects = JSONObjects(keys: keys)
    rows = TextRows(keys: keys)
  }

  var dialect: Dialect? {
    if hasObjects, let dialect = objects.dialect { return dialect }
    guard belief.isBelieved, !rows.isEmpty else { return nil }
    return dicts > 0 ? .pythonDicts : .textPairs
  }

  var isBelieved: Bool { belief.isBelieved }

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
    above = LinesAbove()
    isPrinted = false
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

extension LogNotice {
  fileprivate var isRejection: Bool {
    if case .rejected = kind { return true }
    return false
  }
}

/// What the lines above a line say about it.
struct LinesAbove {
  /// The epoch that a line of its own named.
  var epoch: Double?
  /// A line of its own that named the step of the lines below it, and its number.
  var head: (line: PairLine, number: Int)?
  /// Rows of one name and one number each, whose step is among them.
  var block = TextBlock()
  /// The header and the rows of a table that is drawn.
  var table = PrintedTable()
  /// The start of an object that goes over several lines.
  var spread = SpreadObject()
  /// The part of a line that a container runtime cut.
  var cut: [UInt8] = []
}

extension Dialect {
  /// Python dicts that the Hugging Face Trainer and TRL print to standard output.
  package static let pythonDicts = Dialect("python-dict-lines")
  /// Pairs of names and numbers in text that a program prints: `step 10: loss 2.5, lr 1e-5`.
  package static let textPairs = Dialect("text-pairs")
}
