internal import Divergence
internal import RealModule

/// Measures every quantity of every row.
struct QuantityMeasurer {
  let block: LogitsBlock
  private let costly: Bool
  /// Log-probabilities, B × T × V.
  private(set) var logPolicy: [Double] = []
  private(set) var logReference: [Double] = []
  private(set) var policy: [Double] = []
  private(set) var reference: [Double] = []
  private(set) var torchGivesNaN = false
  /// By quantity and row.
  private var values: [[Double]]

  init(_ block: LogitsBlock, costly: Bool) {
    self.block = block
    self.costly = costly
    values = Array(
      repeating: Array(repeating: .nan, count: block.rows),
      count: costly ? RowQuantity.all.count : RowQuantity.costlyStart)
  }

  mutating func sums() -> QuantitySums {
    takeProbabilities()
    for row in 0..<block.rows { measure(row) }
    alongAxes()
    var sums = QuantitySums()
    for sample in 0..<block.samples {
      let rows = sample * block.positions..<(sample + 1) * block.positions
      sums.add(sequence: values.map { Array($0[rows]) }, mask: Array(block.mask[rows]), knowsMasked: true)
    }
    return sums
  }

  mutating func takeProbabilities() {
    for row in 0..<block.rows {
      let range = range(row)
      logPolicy += logSoftmax(block.policy.span.extracting(range))
      logReference += logSoftmax(block.reference.span.extracting(range))
    }
    policy = logPolicy.map { Double.exp($0) }
    reference = logReference.map { Double.exp($0) }
    torchGivesNaN = zip(logPolicy, logReference).contains { $0 == -.infinity && $1 == -.infinity }
  }

  func range(_ row: Int) -> Range<Int> { row * block.vocabulary..<(row + 1) * block.vocabulary }

  mutating func set(_ quantity: RowQuantity, _ row: Int, _ value: Double) {
    values[quantity.place][row] = value
  }

  mutating func measure(_ row: Int) {
    let range = range(row)
    let measured = RowDivergence.measure(
      policy: block.policy.span.extracting(range), reference: block.reference.span.extracting(range))
    var known = RowEvidence(measured, position: 0)
    if !block.targets.isEmpty, (0..<block.vocabulary).contains(block.targets[row]) {
      let target = range.lowerBound + block.targets[row]
      known.setTarget(block.targets[row], policy: logPolicy[target], reference: logReference[target])
    }
    for (index, value) in known.quantities.enumerated() { values[index][row] = value }
    measureMisuses(row)
    measureNeighbours(row)
    for bits in RowQuantity.halfBits { measureHalves(row, bits) }
    if costly {
      measureTopEntries(row)
      measureTemperatures(row)
    }
  }
}
