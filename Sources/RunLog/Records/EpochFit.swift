/// Finds the number of steps per epoch from rows that name fractions of epochs only.
///
/// With a progress bar it is the rate at which some row is exactly where the bar is, every row at a whole step, and none
/// before its bar; it need not be whole, since an epoch may end between two updates of accumulated gradients. Else it is
/// the smallest whole number for which every row is at a whole step, within the digits that were printed, and neither
/// before the step that its bar showed nor behind the last step that is planned.
struct EpochFit {
  private struct Row {
    var epoch: PythonDict.Epoch
    /// Step that a progress bar had reached before the row was printed.
    var floor: Int
  }

  private var rows: [Row] = []
  /// The smallest whole number that fits; `nil` where none does.
  private var wholeSteps: Int? = 1
  /// By the progress bar.
  private var rate: Rate?
  /// The greatest that a bar showed.
  private var greatest: Rate?
  /// Rows when rates were tried last.
  private var triedRows = 0
  /// The most steps that a bar planned.
  private var planned = 0

  private static let most = 1 << 20

  /// Steps per epoch; `nil` where no number fits.
  var stepsPerEpoch: Double? {
    if let rate { return rate.value }
    guard let wholeSteps, let last = rows.last else { return wholeSteps.map(Double.init) }
    let isTooFar = planned > 0 && step(of: last.epoch, rate: Double(wholeSteps)) > Double(planned)
    return isTooFar ? nil : Double(wholeSteps)
  }

  /// Takes a row into account; true where the steps of earlier rows have changed.
  ///
  /// - Parameter total: the steps that the bar of the row plans; 0 without one.
  mutating func add(_ epoch: PythonDict.Epoch, floor: Int, total: Int = 0) -> Bool {
    let before = stepsPerEpoch
    let row = Row(epoch: epoch, floor: floor)
    planned = max(planned, total)
    if rows.last?.epoch != epoch || rows.last?.floor != floor { rows.append(row) }
    fitRate(row)
    if rate == nil { fitWhole(row) }
    return stepsPerEpoch != before
  }

  // MARK: - By the bar

  /// Steps per epoch, and how far they may be off.
  private struct Rate {
    var value: Double
    var tolerance: Double

    /// - Parameter epoch: where a step stands.
    init(_ step: Double, at epoch: PythonDict.Epoch, fraction: Double) {
      value = step / fraction
      tolerance = value * epoch.tolerance / fraction
      // An epoch whose batches are whole updates is far likelier than one that lacks a thousandth of one.
      if (value - value.rounded()).magnitude <= tolerance * (1 + 1e-9) + 1e-9 {
        (value, tolerance) = (value.rounded(), 0)
      }
    }
  }

  private mutating func fitRate(_ row: Row) {
    if let known = rate {
      if holds(row, known) {
        sharpen(known, by: row)
        return
      }
      rate = nil
    }
    guard row.floor > 0, row.epoch.value > 0 else { return }
    let shown = Rate(Double(row.floor), at: row.epoch, fraction: row.epoch.value)
    let isNew = shown.value > (greatest?.value ?? 0) * (1 + 1e-3)
    if shown.value > greatest?.value ?? 0 { greatest = shown }
    // Trying all rows again at each one would be quadratic.
    guard isNew || rows.count >= 2 * triedRows else { return }
    triedRows = rows.count
    rate = [shown, greatest].compactMap(\.self).first { candidate in
      rows.allSatisfy { holds($0, candidate) }
    }
  }

  /// A row far into an epoch tells the rate more exactly.
  private mutating func sharpen(_ known: Rate, by row: Row) {
    let fraction = row.epoch.value - row.epoch.value.rounded(.down)
    guard known.tolerance > 0, fraction > 0 else { return }
    let sharper = Rate((fraction * known.value).rounded(), at: row.epoch, fraction: fraction)
    if sharper.tolerance < known.tolerance { rate = sharper }
  }

  private func holds(_ row: Row, _ rate: Rate) -> Bool {
    let step = step(of: row.epoch, rate: rate.value)
    let fraction = row.epoch.value - row.epoch.value.rounded(.down)
    let distance = ((fraction * rate.value).rounded() - fraction * rate.value).magnitude
    let allowed = row.epoch.tolerance * rate.value + fraction * rate.tolerance
    return distance <= allowed * (1 + 1e-9) + 1e-9 && step >= Double(row.floor)
      && (planned == 0 || step <= Double(planned))
  }

  /// The step of a row, a whole number: an epoch ends with an update.
  private func step(of epoch: PythonDict.Epoch, rate: Double) -> Double {
    let whole = epoch.value.rounded(.down)
    return whole * rate.rounded(.up) + ((epoch.value - whole) * rate).rounded()
  }

  // MARK: - The smallest number

  private mutating func fitWhole(_ row: Row) {
    guard var candidate = wholeSteps, !Self.holds(row, candidate) else { return }
    var hardest = row
    while candidate <= Self.most {
      if Self.holds(hardest, candidate) {
        guard let failing = rows.first(where: { !Self.holds($0, candidate) }) else { break }
        hardest = failing
      }
      candidate += 1
    }
    wholeSteps = candidate <= Self.most ? candidate : nil
  }

  private static func holds(_ row: Row, _ steps: Int) -> Bool {
    let step = (row.epoch.value * Double(steps)).rounded()
    let distance = (step / Double(steps) - row.epoch.value).magnitude
    return distance <= row.epoch.tolerance * (1 + 1e-9) + 1e-12 && step >= Double(row.floor)
  }

  /// The step of a row.
  func step(of epoch: PythonDict.Epoch) -> Int? {
    stepsPerEpoch.flatMap { Int(exactly: step(of: epoch, rate: $0)) }
  }
}
