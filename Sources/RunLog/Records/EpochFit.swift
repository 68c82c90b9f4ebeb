/// Finds the number of steps per epoch from rows that name fractions of epochs only.
///
/// It is the smallest whole number for which every row is at a whole step, within the digits that were printed, and not
/// before the step that the progress bar showed ahead of it.
struct EpochFit {
  private struct Row {
    var epoch: PythonDict.Epoch
    /// Step that a progress bar had reached before the row was printed.
    var floor: Int
  }

  private var rows: [Row] = []
  /// Steps per epoch; `nil` where no number fits.
  private(set) var stepsPerEpoch: Int? = 1

  private static let most = 1 << 20

  /// Takes a row into account; true where the steps of earlier rows have changed.
  mutating func add(_ epoch: PythonDict.Epoch, floor: Int) -> Bool {
    guard var candidate = stepsPerEpoch else { return false }
    let row = Row(epoch: epoch, floor: floor)
    if rows.last?.epoch != epoch || rows.last?.floor != floor { rows.append(row) }
    let before = candidate
    if Self.holds(row, candidate) { return false }
    var hardest = row
    while candidate <= Self.most {
      if Self.holds(hardest, candidate) {
        guard let failing = rows.first(where: { !Self.holds($0, candidate) }) else { break }
        hardest = failing
      }
      candidate += 1
    }
    stepsPerEpoch = candidate <= Self.most ? candidate : nil
    return stepsPerEpoch != before
  }

  private static func holds(_ row: Row, _ steps: Int) -> Bool {
    let step = (row.epoch.value * Double(steps)).rounded()
    let distance = (step / Double(steps) - row.epoch.value).magnitude
    return distance <= row.epoch.tolerance * (1 + 1e-9) + 1e-12 && step >= Double(row.floor)
  }

  /// The step of a row.
  func step(of epoch: PythonDict.Epoch) -> Int? {
    stepsPerEpoch.flatMap { Int(exactly: (epoch.value * Double($0)).rounded()) }
  }
}
