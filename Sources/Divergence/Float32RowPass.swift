internal import CVectorMath

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One pass over a row of logits that float32 holds, with the vectorised loops.
///
/// It gives up on rows for which float32 differences or exponentials do not do: NaN, +∞, nothing but −∞, and
/// an entry likely in one model and some 10²⁰ below the maximum in the other. `Float64RowPass` takes those.
struct Float32RowPass {
  /// Below this entries need the loop that also knows masks.
  private static let lowestExponent = Double(CVM_LOWEST_EXPONENT)

  private let policy: LogitsRow
  private let reference: LogitsRow
  private var moments = RowMoments()
  private var policyArgmaxBlock = 0
  private var referenceArgmaxBlock = 0
  /// Whether the last block had entries at −∞ or far below the maximum, so that the next is likely to.
  private var expectsMasks = false

  private init(policy: LogitsRow, reference: LogitsRow) {
    self.policy = policy
    self.reference = reference
  }

  /// The row's quantities, or nil where float64 is needed.
  static func measure(
    policy: LogitsRow, reference: LogitsRow, totalVariation: Bool, in workspace: borrowing BlockWorkspace
  ) -> RowDivergence? {
    var pass = Float32RowPass(policy: policy, reference: reference)
    workspace.terms?.clear()
    for start in stride(from: 0, to: policy.count, by: blockSize) {
      guard pass.addBlock(from: start, workspace) else { return nil }
    }
    guard pass.moments.policyMaximum > -.infinity, pass.moments.referenceMaximum > -.infinity else {
      return nil
    }
    return pass.result(totalVariation: totalVariation, workspace)
  }

  /// Adds the block from `start`; false where float64 is needed.
  private mutating func addBlock(from start: Int, _ workspace: borrowing BlockWorkspace) -> Bool {
    // Most blocks lie below the maxima so far, or not far above, so that sums relative to those stand.
    if start > 0 && !expectsMasks {
      let (block, place) = sums(from: start, workspace)
      if place == CVM_BELOW { return add(block) }
      if place == CVM_ABOVE {
        return add(block) && raiseMaxima(to: extremes(from: start, workspace), from: start)
      }
    }
    let extremes = extremes(from: start, workspace)
    guard raiseMaxima(to: extremes, from: start) else { return false }
    if isPlain(extremes) {
      let (block, place) = sums(from: start, workspace)
      if place != CVM_OUTSIDE {
        expectsMasks = false
        return add(block)
      }
    }
    workspace.terms?.setMaxima(nil, from: start)
    return addMaskedBlock(from: start, workspace)
  }

  private func extremes(from start: Int, _ workspace: borrowing BlockWorkspace) -> CVMExtremes {
    var extremes = CVMExtremes()
    cvm_extremes(
      policy.floats(from: start, room: workspace.policy),
      reference.floats(from: start, room: workspace.reference), &extremes)
    return extremes
  }

  /// The sums of a block relative to the maxima so far, and whether they hold.
  private func sums(from start: Int, _ workspace: borrowing BlockWorkspace) -> (CVMMoments, CVMPlace) {
    var block = CVMMoments()
    var p = policy.block(from: start, room: workspace.policy)
    var q = reference.block(from: start, room: workspace.reference)
    let policyMaximum = Float(moments.policyMaximum), referenceMaximum = Float(moments.referenceMaximum)
    guard let terms = workspace.terms else {
      let place = cvm_moments(&p, &q, policyMaximum, referenceMaximum, &block)
      return (block, place)
    }
    let room = terms.room(from: start)
    let place = cvm_moments_keeping_terms(
      &p, &q, policyMaximum, referenceMaximum, &block, room.policy, room.reference)
    terms.setMaxima(
      RowTerms.Maxima(policy: moments.policyMaximum, reference: moments.referenceMaximum), from: start)
    return (block, place)
  }

  /// Whether all logits lie close enough below the maxima, which they were raised to, for the fastest loop.
  private func isPlain(_ extremes: CVMExtremes) -> Bool {
    Double(extremes.policy_minimum) - moments.policyMaximum >= Self.lowestExponent
      && Double(extremes.reference_minimum) - moments.referenceMaximum >= Self.lowestExponent
  }

  private mutating func raiseMaxima(to extremes: CVMExtremes, from start: Int) -> Bool {
    guard extremes.policy_maximum < .infinity, extremes.reference_maximum < .infinity else { return false }
    let policyMaximum = max(moments.policyMaximum, Double(extremes.policy_maximum))
    let referenceMaximum = max(moments.referenceMaximum, Double(extremes.reference_maximum))
    if policyMaximum > moments.policyMaximum { policyArgmaxBlock = start }
    if referenceMaximum > moments.referenceMaximum { referenceArgmaxBlock = start }
    moments.raiseMaxima(policy: policyMaximum, reference: referenceMaximum)
    return true
  }

  private mutating func addMaskedBlock(
    from start: Int, _ workspace: borrowing BlockWorkspace
  ) -> Bool {
    let p = policy.floats(from: start, room: workspace.policy)
    let q = reference.floats(from: start, room: workspace.reference)
    // What the block has beyond these is padding.
    let present = policy.count - start
    var block = CVMMoments()
    var masks = CVMMasks()
    // Where all so far is −∞ any finite number stands for the maximum: nothing is taken relative to it.
    let policyMaximum = moments.policyMaximum > -.infinity ? Float(moments.policyMaximum) : 0
    let referenceMaximum = moments.referenceMaximum > -.infinity ? Float(moments.referenceMaximum) : 0
    cvm_masked_moments(p, q, policyMaximum, referenceMaximum, &block, &masks)
    if masks.needs_float64 { return false }
    expectsMasks = true
    moments.add(masks)
    moments.add(leastPolicyUnderMask: Double(cvm_least_under_mask(p, q, min(blockSize, present))))
    return add(block)
  }

  /// A NaN in the block shows in the sums of logits.
  private mutating func add(_ block: CVMMoments) -> Bool {
    if block.policy_exponent.isNaN || block.reference_exponent.isNaN { return false }
    moments.add(block)
    return true
  }

  private func result(totalVariation: Bool, _ workspace: borrowing BlockWorkspace) -> RowDivergence {
    let policyBlock = policy.floats(from: policyArgmaxBlock, room: workspace.policy)
    let referenceBlock = reference.floats(from: referenceArgmaxBlock, room: workspace.reference)
    let policyIndex = cvm_first_index(policyBlock, blockSize, Float(moments.policyMaximum))
    let referenceIndex = cvm_first_index(referenceBlock, blockSize, Float(moments.referenceMaximum))
    var result = moments.result(
      count: policy.count, policyArgmax: policyArgmaxBlock + policyIndex,
      referenceArgmax: referenceArgmaxBlock + referenceIndex)
    if totalVariation { result.totalVariation = self.totalVariation(workspace) }
    return result
  }

  /// ½ Σ |P − Q|, in a second sweep now that the normalisers are known.
  private func totalVariation(_ workspace: borrowing BlockWorkspace) -> Double {
    let massRatio = moments.sums.policy_mass / moments.sums.reference_mass
    var sum = 0.0
    for start in stride(from: 0, to: policy.count, by: blockSize) {
      sum += difference(from: start, massRatio: massRatio, workspace)
    }
    return min(1, sum / 2 / moments.sums.policy_mass)
  }

  /// Σ |p − q·mass ratio| of the block from `start`, relative to the row's maxima.
  private func difference(
    from start: Int, massRatio: Double, _ workspace: borrowing BlockWorkspace
  ) -> Double {
    guard let terms = workspace.terms, let maxima = terms.maxima(from: start) else {
      return cvm_absolute_difference(
        policy.floats(from: start, room: workspace.policy),
        reference.floats(from: start, room: workspace.reference),
        Float(moments.policyMaximum), Float(moments.referenceMaximum), Float(massRatio))
    }
    let policyShift = maxima.policy - moments.policyMaximum
    let referenceShift = maxima.reference - moments.referenceMaximum
    let room = terms.room(from: start)
    if policyShift == 0 && referenceShift == 0 {
      return cvm_difference_of_terms(room.policy, room.reference, Float(massRatio))
    }
    let ratio = Float(exp(referenceShift - policyShift) * massRatio)
    return exp(policyShift) * cvm_difference_of_terms(room.policy, room.reference, ratio)
  }
}
