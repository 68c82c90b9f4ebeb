internal import Divergence
internal import RealModule

/// Other precisions, top-k lists and other temperatures.
extension QuantityMeasurer {
  mutating func measureHalves(_ row: Int, _ bits: Int) {
    let range = range(row)
    let x = range.map { block.policy[$0].rounded(toBits: bits) }
    let y = range.map { block.reference[$0].rounded(toBits: bits) }
    set(
      .half(.logits, bits: bits), row,
      RowDivergence.measure(policy: x.span, reference: y.span).policyReference)
    let (p, q) = (logSoftmax(x.span), logSoftmax(y.span))
    let once = HalfDivergences(p, q, p.map { Double.exp($0) }, bits: bits)
    let (processorP, processorQ) = (Self.processorLogSoftmax(x, bits), Self.processorLogSoftmax(y, bits))
    let processor = HalfDivergences(processorP, processorQ, p.map { Double.exp($0) }, bits: bits)
    for (machine, sums) in [(RowQuantity.HalfMachine.accelerator, once), (.processor, processor)] {
      set(.half(.logProbabilities(machine), bits: bits), row, sums.rounded)
      set(.half(.elements(machine), bits: bits), row, sums.elements)
      set(.half(.elementSums(machine), bits: bits), row, sums.elements.rounded(toBits: bits))
      set(.half(.targets(machine), bits: bits), row, sums.targets)
      set(.half(.targetSums(machine), bits: bits), row, sums.targets.rounded(toBits: bits))
    }
  }

  /// torch's log_softmax on a processor, which rounds the sum of the exponentials and its logarithm too.
  private static func processorLogSoftmax(_ x: [Double], _ bits: Int) -> [Double] {
    let greatest = x.max() ?? 0
    let sum = x.reduce(0) { $0 + Double.exp($1 - greatest) }.rounded(toBits: bits)
    let logarithm = Double.log(sum).rounded(toBits: bits)
    return x.map { $0 - greatest - logarithm }
  }

  mutating func measureTopEntries(_ row: Int) {
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

  mutating func measureTemperatures(_ row: Int) {
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
}

/// What kl_div gives of a row where every operation rounds.
private struct HalfDivergences {
  /// Σ e^log p · (log p − log q) of rounded logarithms, the rest unrounded.
  var rounded = 0.0
  /// The same, every operation rounded.
  var elements = 0.0
  /// Σ p·log p − p·log q, as kl_div takes probabilities, every operation rounded.
  var targets = 0.0

  /// - Parameter probabilities: the softmax, which has its own arithmetic.
  init(_ logP: [Double], _ logQ: [Double], _ probabilities: [Double], bits: Int) {
    func half(_ value: Double) -> Double { value.rounded(toBits: bits) }
    for entry in logP.indices where logP[entry] > -.infinity {
      let (logP, logQ) = (half(logP[entry]), half(logQ[entry]))
      let probability = Double.exp(logP)
      rounded += probability * (logP - logQ)
      elements += half(half(probability) * half(logP - logQ))
      let softmax = half(probabilities[entry])
      targets += softmax == 0 ? 0 : half(half(softmax * half(Double.log(softmax))) - half(softmax * logQ))
    }
  }
}
