internal import Divergence
internal import RealModule

/// Logits of both models for the sequences of one record: B × T × V, row-major.
struct LogitsBlock {
  var samples: Int
  var positions: Int
  var vocabulary: Int
  var policy: [Double]
  var reference: [Double]
  /// B × T, which rows count.
  var mask: [Bool]
  /// B × T, −1 for none; empty without targets.
  var targets: [Int]
  /// The policy's logits of the same tokens at the evaluation before; `nil` where they are not known.
  var previousPolicy: [Double]?
  /// What the logits were rounded to where they were stored.
  var grain = LogitsGrain.none

  var rows: Int { samples * positions }
  var entries: Int { rows * vocabulary }
}

/// What stored logits were rounded to.
enum LogitsGrain: Sendable, Hashable {
  case none
  /// Significant bits: 8 of bfloat16, 11 of float16.
  case bits(Int)
  /// Decimals that a log keeps.
  case decimals(Int)

  /// The narrowest type that holds all of some numbers.
  init(of values: [Double]) {
    let finite = values.lazy.filter { $0.isFinite && $0 != 0 }.prefix(4096)
    guard finite.count >= 8 else {
      self = .none
      return
    }
    if let bits = RowQuantity.halfBits.first(where: { bits in
      finite.allSatisfy { $0.rounded(toBits: bits) == $0 }
    }) {
      self = .bits(bits)
      return
    }
    for decimals in 1...5 {
      let unit = Double.pow(10, Double(decimals))
      if finite.allSatisfy({ abs(($0 * unit).rounded() - $0 * unit) < 1e-6 }) {
        self = .decimals(decimals)
        return
      }
    }
    self = .none
  }

  /// The distance of neighbouring numbers at a value.
  func unit(at value: Double) -> Double {
    switch self {
    case .none: 0
    case .bits(let bits): value == 0 || !value.isFinite ? 0 : Self.unit(bits: bits, value)
    case .decimals(let decimals): Double.pow(10, -Double(decimals))
    }
  }

  static func unit(bits: Int, _ value: Double) -> Double {
    // float16 has no exponent below −14.
    let exponent = bits == 11 ? max(Int(value.exponent), -14) : Int(value.exponent)
    return Double.exp2(Double(exponent - bits + 1))
  }
}

extension Double {
  /// The nearest number with some significant bits.
  func rounded(toBits bits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    let unit = LogitsGrain.unit(bits: bits, self)
    return (self / unit).rounded(.toNearestOrEven) * unit
  }
}

/// What the logits of a record come to under every quantity.
package struct LogitsQuantities: Sendable {
  package private(set) var sums = QuantitySums()
  /// The same with every logit moved at random within what its type rounds off; `nil` where that is nothing.
  private(set) var rounded: QuantitySums?
  private(set) var torchGivesNaN = false

  /// - Parameter costly: other temperatures and top-k lists too.
  init(_ block: LogitsBlock, costly: Bool) {
    var comparer = QuantityMeasurer(block, costly: costly)
    sums = comparer.sums()
    torchGivesNaN = comparer.torchGivesNaN
    guard block.grain != .none else { return }
    var measurerOfMoved = QuantityMeasurer(Self.moved(block), costly: costly)
    rounded = measurerOfMoved.sums()
  }

  /// Takes in another part of the record.
  mutating func merge(_ other: LogitsQuantities) {
    sums.merge(other.sums)
    torchGivesNaN = torchGivesNaN || other.torchGivesNaN
    if var both = rounded, let more = other.rounded {
      both.merge(more)
      rounded = both
    } else {
      rounded = nil
    }
  }

  /// Exponentials that a block costs.
  static func cost(of block: LogitsBlock, costly: Bool) -> Int {
    let each = costly ? 3 * 2 * RowQuantity.temperatures.count + 60 : 30
    let (cost, overflow) = block.entries.multipliedReportingOverflow(
      by: block.grain == .none ? each : 2 * each)
    return overflow ? .max : cost
  }

  private static func moved(_ block: LogitsBlock) -> LogitsBlock {
    var block = block
    // Other logits move by other numbers: the same ones at every step would be one draw.
    var state = block.policy.reduce(0x9E37_79B9_7F4A_7C15 as UInt64) {
      ($0 ^ $1.bitPattern) &* 0x100_0000_01B3
    }
    func move(_ value: Double) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return value + (Double(state >> 11) * 0x1p-53 - 0.5) * block.grain.unit(at: value)
    }
    block.policy = block.policy.map(move)
    block.reference = block.reference.map(move)
    return block
  }
}

/// Measures every quantity of every row.
private struct QuantityMeasurer {
  private let block: LogitsBlock
  private let costly: Bool
  /// Log-probabilities, B × T × V.
  private var logPolicy: [Double] = []
  private var logReference: [Double] = []
  private var policy: [Double] = []
  private var reference: [Double] = []
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

  private mutating func takeProbabilities() {
    for row in 0..<block.rows {
      let range = range(row)
      logPolicy += logSoftmax(block.policy.span.extracting(range))
      logReference += logSoftmax(block.reference.span.extracting(range))
    }
    policy = logPolicy.map { Double.exp($0) }
    reference = logReference.map { Double.exp($0) }
    torchGivesNaN = zip(logPolicy, logReference).contains { $0 == -.infinity && $1 == -.infinity }
  }

  private func range(_ row: Int) -> Range<Int> { row * block.vocabulary..<(row + 1) * block.vocabulary }

  private mutating func set(_ quantity: RowQuantity, _ row: Int, _ value: Double) {
    values[quantity.place][row] = value
  }

  private mutating func measure(_ row: Int) {
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

  // MARK: - Misuses of kl_div

  private mutating func measureMisuses(_ row: Int) {
    var (input, inputSwapped, target, targetSwapped) = (0.0, 0.0, 0.0, 0.0)
    var (positive, positiveSwapped, middle) = (0.0, 0.0, 0.0)
    for entry in range(row) {
      let (p, q, logP, logQ) = (policy[entry], reference[entry], logPolicy[entry], logReference[entry])
      input += (p == 0 ? 0 : p * logP) - p * q
      inputSwapped += (q == 0 ? 0 : q * logQ) - p * q
      target += Double.exp(p) * (p - logQ)
      targetSwapped += Double.exp(q) * (q - logP)
      let (term, swapped) = (p == 0 ? 0 : p * (logP - logQ), q == 0 ? 0 : q * (logQ - logP))
      positive += max(0, term)
      positiveSwapped += max(0, swapped)
      let half = Double.log((p + q) / 2)
      middle += ((p == 0 ? 0 : p * (logP - half)) + (q == 0 ? 0 : q * (logQ - half))) / 2
    }
    set(.probabilitiesAsInput, row, input)
    set(.probabilitiesAsInputSwapped, row, inputSwapped)
    set(.logTargetWronglySet, row, target)
    set(.logTargetWronglySetSwapped, row, targetSwapped)
    set(.elementsClamped, row, positive)
    set(.elementsClampedSwapped, row, positiveSwapped)
    set(.jensenShannon, row, middle)
  }

  // MARK: - Rows of other positions, sequences and evaluations

  /// Σ p·(log p − log q) of two rows, the first of the policy unless swapped.
  private func divergence(policy row: Int, reference other: Int, swapped: Bool = false) -> Double {
    let (mine, theirs) = (row * block.vocabulary, other * block.vocabulary)
    var sum = 0.0
    for entry in 0..<block.vocabulary {
      let (p, q) = (logPolicy[mine + entry], logReference[theirs + entry])
      if swapped {
        sum += reference[theirs + entry] == 0 ? 0 : reference[theirs + entry] * (q - p)
      } else {
        sum += policy[mine + entry] == 0 ? 0 : policy[mine + entry] * (p - q)
      }
    }
    return sum
  }

  private mutating func measureNeighbours(_ row: Int) {
    let (sample, position) = row.quotientAndRemainder(dividingBy: block.positions)
    for by in [1, -1] where block.positions > 1 {
      for swapped in [false, true] {
        // The first or last position has no neighbour.
        if (0..<block.positions).contains(position + by) {
          set(
            .shifted(by: by, maskedAtReference: false, swapped: swapped), row,
            divergence(policy: row, reference: row + by, swapped: swapped))
        }
        if (0..<block.positions).contains(position - by) {
          set(
            .shifted(by: by, maskedAtReference: true, swapped: swapped), row,
            divergence(policy: row - by, reference: row, swapped: swapped))
        }
      }
    }
    for by in [1, -1] where block.samples > 1 {
      let other = (sample + by + block.samples) % block.samples
      set(
        .otherSequence(by: by), row, divergence(policy: row, reference: other * block.positions + position))
    }
    if let previous = block.previousPolicy {
      let range = range(row)
      set(
        .previousPolicy, row,
        RowDivergence.measure(
          policy: block.policy.span.extracting(range), reference: previous.span.extracting(range)
        ).policyReference)
    }
  }

  // MARK: - Half precision

  private mutating func measureHalves(_ row: Int, _ bits: Int) {
    func half(_ value: Double) -> Double { value.rounded(toBits: bits) }
    let range = range(row)
    let (x, y) = (range.map { half(block.policy[$0]) }, range.map { half(block.reference[$0]) })
    set(
      .half(.logits, bits: bits), row,
      RowDivergence.measure(policy: x.span, reference: y.span).policyReference)
    let (p, q) = (logSoftmax(x.span), logSoftmax(y.span))
    var (rounded, elements, targets) = (0.0, 0.0, 0.0)
    for entry in p.indices where p[entry] > -.infinity {
      let (logP, logQ) = (half(p[entry]), half(q[entry]))
      let probability = Double.exp(logP)
      rounded += probability * (logP - logQ)
      let halfProbability = half(probability)
      elements += half(halfProbability * half(logP - logQ))
      let softmax = half(Double.exp(p[entry]))
      targets += softmax == 0 ? 0 : half(half(softmax * half(Double.log(softmax))) - half(softmax * logQ))
    }
    set(.half(.logProbabilities, bits: bits), row, rounded)
    set(.half(.elements, bits: bits), row, elements)
    set(.half(.elementSums, bits: bits), row, half(elements))
    set(.half(.targets, bits: bits), row, targets)
    set(.half(.targetSums, bits: bits), row, half(targets))
  }

  // MARK: - Top-k lists

  private mutating func measureTopEntries(_ row: Int) {
    let range = range(row)
    let most = RowQuantity.topCounts.last { $0 < block.vocabulary } ?? 0
    for kind in [RowQuantity.TopEntriesKind.ofPolicy, .ofReference] {
      let logs = kind == .ofPolicy ? logPolicy : logReference
      let order = range.sorted { logs[$0] > logs[$1] }.prefix(most)
      var (p, q, pr, rp) = (0.0, 0.0, 0.0, 0.0)
      for (rank, entry) in order.enumerated() {
        let ratio = logPolicy[entry] - logReference[entry]
        p += policy[entry]
        q += reference[entry]
        pr += policy[entry] == 0 ? 0 : policy[entry] * ratio
        rp += reference[entry] == 0 ? 0 : reference[entry] * -ratio
        guard RowQuantity.topCounts.contains(rank + 1) else { continue }
        let shares = Double.log(q / p)
        set(.topEntries(k: rank + 1, kind), row, pr / p + shares)
        set(
          .topEntries(k: rank + 1, kind == .ofPolicy ? .ofPolicySwapped : .ofReferenceSwapped), row,
          rp / q - shares)
        if kind == .ofPolicy { set(.topEntries(k: rank + 1, .partOfPolicy), row, pr) }
      }
    }
  }

  // MARK: - Temperatures

  private mutating func measureTemperatures(_ row: Int) {
    let range = range(row)
    let (x, y) = (Array(block.policy[range]), Array(block.reference[range]))
    for (index, temperature) in RowQuantity.temperatures.enumerated() {
      let (cooledX, cooledY) = (x.map { $0 / temperature }, y.map { $0 / temperature })
      let both = RowDivergence.measure(policy: cooledX.span, reference: cooledY.span)
      set(.temperature(index, .both), row, both.policyReference)
      set(.temperature(index, .bothSwapped), row, both.referencePolicy)
      set(
        .temperature(index, .policyAlone), row,
        RowDivergence.measure(policy: cooledX.span, reference: y.span).policyReference)
      set(
        .temperature(index, .referenceAlone), row,
        RowDivergence.measure(policy: x.span, reference: cooledY.span).policyReference)
    }
  }

  // MARK: - Softmax along other axes

  private mutating func alongAxes() {
    let (samples, positions) = (block.samples, block.positions)
    for sample in 0..<samples where positions > 1 {
      along((0..<positions).map { sample * positions + $0 }, .alongTime)
    }
    if positions > 1, samples > 1 { along(Array(0..<block.rows), .alongRows) }
    if samples > 1 {
      for position in 0..<positions { along((0..<samples).map { $0 * positions + position }, .alongBatch) }
    }
  }

  /// Softmax of every entry over some rows.
  private mutating func along(_ rows: [Int], _ quantity: RowQuantity) {
    var sums = Array(repeating: 0.0, count: rows.count)
    for entry in 0..<block.vocabulary {
      let x = rows.map { block.policy[$0 * block.vocabulary + entry] }
      let y = rows.map { block.reference[$0 * block.vocabulary + entry] }
      let (p, q) = (logSoftmax(x.span), logSoftmax(y.span))
      for index in rows.indices where p[index] > -.infinity {
        sums[index] += Double.exp(p[index]) * (p[index] - q[index])
      }
    }
    for (index, row) in rows.enumerated() { set(quantity, row, sums[index]) }
  }
}
