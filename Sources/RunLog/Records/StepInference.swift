/// The steps of a source whose records do not all name one, decided once for the source.
///
/// Records name it, and those that do not belong to the last one; or no record names it, and the whole epochs do; or rows
/// are counted. What was decided of the first records may turn out wrong with later ones: then the source is to be read
/// again, with what is known now.
struct StepInference {
  private enum Mode {
    case logged, bars, epochs, order
  }

  /// What a record brings that its step may follow from.
  struct Row {
    /// The epoch that it names.
    var epoch: Double?
    /// The position of the training's progress bar before it.
    var bar: Int?
  }

  private var mode = Mode.logged
  /// Some record named a whole step, so that the others belong to the last one.
  private var isLogged = false
  /// The steps of the log have fractions.
  private var hasFractions = false
  /// Steps with fractions so far.
  private var fractions = 0
  /// Whole steps so far.
  private var wholeSteps = 0
  private var lastStep = 0
  /// Records that were counted.
  private var rows = 0
  /// What speaks for epochs or bars, in the records that name no step.
  private var rowsWithEpoch = 0
  private var rowsWithBar = 0
  private var epochs = EpochValues()
  /// The source is to be read again.
  private(set) var wantsRereading = false

  var source: StepSource {
    switch mode {
    case .logged: .logged
    case .epochs: .inferredFromEpoch
    case .bars, .order: .inferredFromOrder
    }
  }

  /// True while a record with a step may still change the others'.
  var isUnsettled: Bool { !isLogged }

  /// The step of a record that names one.
  ///
  /// - Throws: where it is a fraction among whole steps.
  mutating func place(_ step: OwnStep) throws(UnusableStep) -> Int? {
    switch step {
    case .none: return nil
    case .fraction:
      if hasFractions { return nil }
      fractions += 1
      // One among whole steps is a fault; where they are as common as whole ones they are how the log counts.
      guard fractions > 1, fractions * 2 >= wholeSteps else { throw UnusableStep() }
      countFractions()
      return nil
    case .whole(let step):
      if hasFractions { return nil }
      wholeSteps += 1
      if !isLogged { change(to: .logged) }
      isLogged = true
      lastStep = step
      return step
    }
  }

  /// The step of a record with numbers that names none.
  mutating func place(_ row: Row) -> Int {
    if isLogged, !hasFractions { return lastStep }
    defer { rows += 1 }
    if row.epoch != nil { rowsWithEpoch += 1 }
    if row.bar != nil { rowsWithBar += 1 }
    switch mode {
    case .logged, .order: lastStep = rows
    case .bars: lastStep = row.bar ?? lastStep
    case .epochs: lastStep = row.epoch.flatMap { Int(exactly: $0) } ?? lastStep
    }
    return lastStep
  }

  /// The step of a record without numbers that names none.
  var current: Int { lastStep }

  /// Takes note of the numbers of a record that names no step.
  mutating func note(_ row: Row, keys: some Sequence<UInt32>, values: some Sequence<Double>) {
    guard !isLogged, !hasFractions else { return }
    epochs.note(row.epoch, zip(keys, values))
    if mode == .epochs, !epochs.areSteps { change(to: .order) }
  }

  /// Decides with what has come so far, where nothing has been decided.
  mutating func decide() {
    if !hasFractions, fractions > wholeSteps { countFractions() }
    guard mode == .logged, !isLogged, rows > 0 else { return }
    if rowsWithBar > 0 {
      change(to: .bars)
    } else if rowsWithEpoch > 0, epochs.areSteps {
      change(to: .epochs)
    } else {
      mode = .order
    }
  }

  /// The source is read from its start again, with what is known of it.
  mutating func startAgain() {
    wantsRereading = false
    lastStep = 0
    rows = 0
    wholeSteps = 0
    fractions = 0
    epochs = EpochValues()
  }

  /// Rows are counted, those that were rejected too.
  private mutating func countFractions() {
    hasFractions = true
    mode = .order
    wantsRereading = true
  }

  /// The first row is on step 0 however rows are counted.
  private mutating func change(to new: Mode) {
    let isAsBefore =
      rows == 0 && wholeSteps == 0 || new == .logged && mode != .epochs && mode != .bars && rows <= 1
    if !isAsBefore { wantsRereading = true }
    mode = new
  }
}

/// Whether the epochs of a source can stand for its steps: they are whole, and no key has two values in one.
private struct EpochValues {
  private var epoch: Double?
  private var values: [UInt32: Double] = [:]
  private(set) var areSteps = true

  mutating func note(_ epoch: Double?, _ numbers: some Sequence<(UInt32, Double)>) {
    guard areSteps else { return }
    if let epoch {
      guard Int(exactly: epoch) != nil else {
        areSteps = false
        return
      }
      if epoch != self.epoch { values.removeAll(keepingCapacity: true) }
      self.epoch = epoch
    }
    for (key, value) in numbers {
      if let old = values.updateValue(value, forKey: key), old != value { areSteps = false }
    }
  }
}
