/// Standard output of the Hugging Face Trainer and TRL: Python dicts between whatever else is printed.
///
/// The rows have no step, only the epoch. Steps are inferred, and inferred anew for all rows when a row shows better.
final class PythonDictDecoder: LineDecoder {
  private struct Row {
    var line: Int
    var epoch: PythonDict.Epoch?
    var numbers: Range<Int>
  }

  private let keys: KeyTable
  private var rows: [Row] = []
  private var numberKeys: ContiguousArray<UInt32> = []
  private var numbers: ContiguousArray<Double> = []
  private var fit = EpochFit()
  /// Some row names an epoch; without any, rows are counted.
  private var hasEpochs = false
  private var bar = TrainingBar()
  /// Rows that are in a batch already.
  private var emitted = 0
  private var isRevised = false
  private var lastStep = 0
  private var toldProgress: TrainingProgress?

  init(keys: KeyTable) {
    self.keys = keys
  }

  static var padding: Int { 0 }
  var dialect: Dialect? { .pythonDicts }
  var stepSource: StepSource {
    hasEpochs && fit.stepsPerEpoch != nil ? .inferredFromEpoch : .inferredFromOrder
  }

  static func recognises(_ line: UnsafeRawBufferPointer) -> Bool {
    line.contains("{'") && PythonDict(in: PrintedNumber.withoutEscapes(line)) != nil
  }

  func decode(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
    let hasBar = line.contains("%|")
    guard hasBar || line.contains("{'") else { return }
    let text = PrintedNumber.withoutEscapes(line)
    if hasBar { bar.note(text) }
    guard let dict = PythonDict(in: text) else { return }
    let first = numbers.count
    let set = TrainerEvaluationSet.of(dict.numbers.lazy.map(\.0))
    for (key, value) in dict.numbers {
      let name = set.map { TrainerEvaluationSet.key(key, set: $0) } ?? key
      numberKeys.append(keys.index(of: name, announcedIn: &batch))
      numbers.append(value)
    }
    rows.append(Row(line: number, epoch: dict.epoch, numbers: first..<numbers.count))
    guard let epoch = dict.epoch else { return }
    if !hasEpochs, rows.count > 1 { isRevised = true }
    hasEpochs = true
    if fit.add(epoch, floor: bar.step) { isRevised = true }
  }

  func decodeWhole(_ line: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) -> Int {
    guard line.trimmedAtEnd.last == UInt8(ascii: "}"), Self.recognises(line) else { return 0 }
    decode(line, number: number, into: &batch)
    return line.count
  }

  func finishBatch(_ batch: inout RecordBatch) {
    if isRevised, emitted > 0 {
      emitted = 0
      lastStep = 0
      batch.notices.append(LogNotice(position: batch.records.count, line: 1, kind: .stepsRevised))
    }
    isRevised = false
    for index in rows.indices[emitted...] { append(rows[index], ordinal: index, to: &batch) }
    emitted = rows.count
    if let progress = bar.progress, progress != toldProgress {
      toldProgress = progress
      batch.notices.append(LogNotice(position: batch.records.count, line: 1, kind: .progress(progress)))
    }
  }

  private func append(_ row: Row, ordinal: Int, to batch: inout RecordBatch) {
    if let epoch = row.epoch {
      lastStep = fit.step(of: epoch) ?? ordinal
    } else if !hasEpochs {
      lastStep = ordinal
    }
    let first = batch.numbers.count
    batch.numberKeys.append(contentsOf: numberKeys[row.numbers])
    batch.numbers.append(contentsOf: numbers[row.numbers])
    batch.records.append(
      Record(
        line: row.line, step: lastStep, hasOwnStep: false, time: .nan, phase: .train, modes: ModelModes(),
        numbers: first..<batch.numbers.count))
  }
}

/// The progress bar of the training: `  12%|█▏   | 12/100 [00:05<00:40,  2.1it/s]`, without words in front.
///
/// Bars of evaluations lie between; they have another total. A bar is drawn late, so its step is a lower bound.
private struct TrainingBar {
  private(set) var step = 0
  private var total: Int?
  private var secondsLeft: Double?

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
