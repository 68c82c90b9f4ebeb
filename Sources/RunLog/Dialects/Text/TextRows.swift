/// Records that are printed between whatever else a program prints, and their steps.
///
/// Where rows name no step it follows from what they name: fractions of epochs, whole epochs, the positions of progress
/// bars, or their order. Steps are inferred anew for all rows when a row shows better, so rows without steps are kept.
struct TextRows {
  /// One record.
  struct Row {
    var line: Int
    var step: Int?
    var epoch: PythonDict.Epoch?
    /// The bar that the row stands in, or that was drawn before it.
    var bar: (done: Int, total: Int)?
    /// The row is a drawing of a bar, which the next one of the same position replaces.
    var isDrawing = false
    var phase = Phase.train
    var numbers = 0..<0

    /// The step that the training had reached before; a bar that is full may have been drawn over many times since.
    fileprivate var floor: Int { bar.map { $0.done < $0.total ? $0.done : 0 } ?? 0 }
  }

  private enum Mode {
    case logged, fitted, bars, order
  }

  private let keys: KeyInterner
  private var rows: [Row] = []
  private var numberKeys: ContiguousArray<UInt32> = []
  private var numbers: ContiguousArray<Double> = []
  private var mode = Mode.order
  private var hasSteps = false
  private var hasEpochs = false
  private var hasBars = false
  private var fit = EpochFit()
  private var conflicts = EpochConflicts()
  /// Rows that are in a batch already, and those that were forgotten.
  private var emitted = 0
  private var count = 0
  private var isRevised = false
  private var lastStep = 0
  private var bars = BarSteps()

  init(keys: KeyInterner) {
    self.keys = keys
  }

  /// Rows so far.
  var isEmpty: Bool { count == 0 }

  var stepSource: StepSource {
    switch mode {
    case .logged: .logged
    case .fitted: .inferredFromEpoch
    case .bars, .order: .inferredFromOrder
    }
  }

  mutating func add(
    _ row: Row, _ values: some Sequence<(name: String, value: Double)>, _ batch: inout RecordBatch
  ) {
    add(row, keys: keys(of: values.map(\.name), phase: row.phase, &batch), values.map(\.value))
  }

  /// The keys under which a record's names are taken in.
  func keys(of names: [String], phase: Phase, _ batch: inout RecordBatch) -> [UInt32] {
    // What a trainer of Hugging Face prints for one evaluation set.
    let set = TrainerEvaluationSet.of(names)
    return names.map { name in
      let inSet = set.map { TrainerEvaluationSet.key(name, set: $0) } ?? name
      let name = phase == .eval && !inSet.hasPrefix("eval") ? "eval/" + inSet : inSet
      return keys.index(of: name, announcedIn: &batch)
    }
  }

  /// Adds a record whose keys are known, as many as values.
  mutating func add(_ row: Row, keys: [UInt32], _ values: [Double]) {
    var row = row
    let first = numbers.count
    numberKeys.append(contentsOf: keys)
    numbers.append(contentsOf: values)
    row.numbers = first..<numbers.count
    if row.isDrawing, let last = rows.last, last.isDrawing, rows.count > emitted, isRedrawn(last, row) {
      rows.removeLast()
      count -= 1
    }
    rows.append(row)
    count += 1
    note(row)
  }

  /// True for two drawings of a bar at one position.
  private func isRedrawn(_ old: Row, _ new: Row) -> Bool {
    old.bar.map { $0.done } == new.bar.map { $0.done } && old.epoch == new.epoch && old.step == new.step
      && numberKeys[old.numbers] == numberKeys[new.numbers]
  }

  private mutating func note(_ row: Row) {
    if row.step != nil { hasSteps = true }
    if row.bar != nil { hasBars = true }
    guard let epoch = row.epoch, !hasSteps else { return }
    hasEpochs = true
    conflicts.note(epoch.value, numberKeys[row.numbers], numbers[row.numbers])
    let bar = row.isDrawing ? nil : row.bar
    if fit.add(epoch, floor: bar == nil ? 0 : row.floor, total: bar?.total ?? 0) { isRevised = true }
  }

  /// Hands over the rows that came, and all where their steps are others now.
  mutating func finishBatch(_ batch: inout RecordBatch) {
    let best: Mode =
      hasSteps
      ? .logged
      : hasEpochs && fit.stepsPerEpoch != nil && !conflicts.areThere ? .fitted : hasBars ? .bars : .order
    if best != mode, count > 1 || best == .bars { isRevised = true }
    mode = best
    if isRevised, emitted > 0 {
      emitted = 0
      batch.notices.append(LogNotice(position: batch.records.count, line: 1, kind: .stepsRevised))
    }
    if emitted == 0, !hasForgotten {
      lastStep = 0
      bars = BarSteps()
    }
    isRevised = false
    remark(in: &batch)
    for index in rows.indices[emitted...] { append(rows[index], ordinal: index, to: &batch) }
    emitted = rows.count
    // The steps of the log are final: what was handed over is not needed again.
    if mode == .logged { forget() }
  }

  /// Fractions of epochs alone do not tell in which steps they were counted, which is said once.
  private mutating func remark(in batch: inout RecordBatch) {
    guard mode == .fitted, !hasBars, !hasRemarked, count > 1 else { return }
    hasRemarked = true
    let text =
      "steps are the smallest whole numbers that fit the fractions of epochs: the trainer's own may be a multiple "
      + "of them, or fewer where it accumulates gradients"
    batch.notices.append(LogNotice(position: batch.records.count, line: 0, kind: .remark(text)))
  }

  private var hasRemarked = false

  private mutating func forget() {
    rows.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    numberKeys.removeAll(keepingCapacity: true)
    emitted = 0
    hasForgotten = true
  }

  /// The steps of rows that are not kept any more stay.
  private var hasForgotten = false

  private mutating func append(_ row: Row, ordinal: Int, to batch: inout RecordBatch) {
    switch mode {
    case .logged: lastStep = row.step ?? lastStep
    case .fitted: if let epoch = row.epoch { lastStep = fit.step(of: epoch) ?? ordinal }
    case .bars: lastStep = bars.step(of: row.bar, epoch: row.epoch?.value) ?? lastStep
    case .order: lastStep = ordinal
    }
    let first = batch.numbers.count
    batch.numberKeys.append(contentsOf: numberKeys[row.numbers])
    batch.numbers.append(contentsOf: numbers[row.numbers])
    batch.records.append(
      Record(
        line: row.line, step: lastStep, hasOwnStep: row.step != nil, time: .nan, phase: row.phase,
        modes: ModelModes(), numbers: first..<batch.numbers.count))
  }
}

/// Whether a key has two values in one whole epoch, so that epochs cannot be steps.
private struct EpochConflicts {
  private var epoch: Double?
  private var values: [UInt32: Double] = [:]
  private var areWhole = true
  private(set) var areThere = false

  mutating func note(_ epoch: Double, _ keys: some Sequence<UInt32>, _ numbers: some Sequence<Double>) {
    guard areWhole, !areThere else { return }
    guard Int(exactly: epoch) != nil else {
      areWhole = false
      return
    }
    if epoch != self.epoch { values.removeAll(keepingCapacity: true) }
    self.epoch = epoch
    for (key, number) in zip(keys, numbers) {
      if let old = values.updateValue(number, forKey: key), old != number { areThere = true }
    }
  }
}

/// Steps of progress bars, which begin anew in each epoch.
private struct BarSteps {
  private var last: (done: Int, total: Int)?
  private var lastEpoch: Double?
  private var offset = 0

  mutating func step(of bar: (done: Int, total: Int)?, epoch: Double?) -> Int? {
    guard let bar else { return nil }
    defer { (last, lastEpoch) = (bar, epoch ?? lastEpoch) }
    if let last, bar.done < last.done, bar.total == last.total || (epoch ?? 0) > (lastEpoch ?? 0) {
      offset += last.total
    }
    return offset + bar.done
  }
}
