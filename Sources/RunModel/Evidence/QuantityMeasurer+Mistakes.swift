internal import Divergence
internal import RealModule

/// Misuses of kl_div, rows of other positions, sequences and evaluations, and softmax along other axes.
extension QuantityMeasurer {
  mutating func measureMisuses(_ row: Int) {
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

  mutating func alongAxes() {
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
  mutating func along(_ rows: [Int], _ quantity: RowQuantity) {
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

  /// Σ p·(log p − log q) of two rows, the first of the policy unless swapped.
  func divergence(policy row: Int, reference other: Int, swapped: Bool = false) -> Double {
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

  mutating func measureNeighbours(_ row: Int) {
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
}
