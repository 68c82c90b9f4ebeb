internal import CVectorMath

/// Two passes over a row in float64: any logits at all, with every convention of `RowDivergence`.
struct Float64RowPass {
  /// What the first pass finds in one model's row.
  private struct Survey {
    var maximum = -Double.infinity
    var argmax = 0
    var hasNaN = false

    /// Whether a softmax of the row is defined: torch gives NaN for NaN, +∞ and nothing but −∞.
    var hasDistribution: Bool { !hasNaN && maximum > -.infinity && maximum < .infinity }
  }

  private let policy: LogitsRow
  private let reference: LogitsRow

  static func measure(
    policy: LogitsRow, reference: LogitsRow, totalVariation: Bool, in workspace: borrowing BlockWorkspace
  ) -> RowDivergence {
    let pass = Float64RowPass(policy: policy, reference: reference)
    let policySurvey = survey(policy, workspace)
    let referenceSurvey = survey(reference, workspace)
    guard policySurvey.hasDistribution, referenceSurvey.hasDistribution else {
      return pass.undefined(policySurvey, referenceSurvey, totalVariation: totalVariation, workspace)
    }
    let moments = pass.moments(policySurvey.maximum, referenceSurvey.maximum, workspace)
    var result = moments.result(
      count: policy.count, policyArgmax: policySurvey.argmax, referenceArgmax: referenceSurvey.argmax)
    if totalVariation { result.totalVariation = pass.totalVariation(moments, workspace) }
    return result
  }

  private static func survey(_ row: LogitsRow, _ workspace: borrowing BlockWorkspace) -> Survey {
    var result = Survey()
    for start in stride(from: 0, to: row.count, by: blockSize) {
      let length = min(blockSize, row.count - start)
      let block = row.doubles(
        from: start, length: length, room: workspace.widePolicy, narrowRoom: workspace.policy)
      var survey = CVMSurvey()
      cvm_survey_float64(block, length, &survey)
      result.hasNaN = result.hasNaN || survey.has_nan
      if survey.maximum > result.maximum {
        result.maximum = survey.maximum
        result.argmax = start + survey.maximum_index
      }
    }
    return result
  }

  private func moments(
    _ policyMaximum: Double, _ referenceMaximum: Double, _ workspace: borrowing BlockWorkspace
  ) -> RowMoments {
    var moments = RowMoments()
    moments.raiseMaxima(policy: policyMaximum, reference: referenceMaximum)
    forEachBlock(workspace) { p, q, length in
      var block = CVMMoments()
      var masks = CVMMasks()
      cvm_moments_float64(p, q, length, policyMaximum, referenceMaximum, &block, &masks)
      moments.add(block)
      moments.add(masks)
      moments.add(leastPolicyUnderMask: cvm_least_under_mask_float64(p, q, length))
    }
    return moments
  }

  private func totalVariation(_ moments: RowMoments, _ workspace: borrowing BlockWorkspace) -> Double {
    let massRatio = moments.sums.policy_mass / moments.sums.reference_mass
    var sum = 0.0
    forEachBlock(workspace) { p, q, length in
      sum += cvm_absolute_difference_float64(
        p, q, length, moments.policyMaximum, moments.referenceMaximum, massRatio)
    }
    return min(1, sum / 2 / moments.sums.policy_mass)
  }

  private func forEachBlock(
    _ workspace: borrowing BlockWorkspace,
    _ body: (UnsafePointer<Double>, UnsafePointer<Double>, Int) -> Void
  ) {
    for start in stride(from: 0, to: policy.count, by: blockSize) {
      let length = min(blockSize, policy.count - start)
      let p = policy.doubles(
        from: start, length: length, room: workspace.widePolicy, narrowRoom: workspace.policy)
      let q = reference.doubles(
        from: start, length: length, room: workspace.wideReference, narrowRoom: workspace.reference)
      body(p, q, length)
    }
  }

  /// A row where a model has no distribution: no divergence, but all that the other model's row tells.
  private func undefined(
    _ policySurvey: Survey, _ referenceSurvey: Survey, totalVariation: Bool,
    _ workspace: borrowing BlockWorkspace
  ) -> RowDivergence {
    var masksDiffer = false
    forEachBlock(workspace) { p, q, length in
      masksDiffer = masksDiffer || (0..<length).contains { (p[$0] == -.infinity) != (q[$0] == -.infinity) }
    }
    return RowDivergence(
      policyReference: .nan, referencePolicy: .nan,
      policyEntropy: Self.entropy(of: policy, policySurvey, workspace),
      referenceEntropy: Self.entropy(of: reference, referenceSurvey, workspace),
      policyArgmax: policySurvey.hasNaN ? -1 : policySurvey.argmax,
      referenceArgmax: referenceSurvey.hasNaN ? -1 : referenceSurvey.argmax,
      masksDiffer: masksDiffer, totalVariation: totalVariation ? .nan : nil)
  }

  private static func entropy(
    of row: LogitsRow, _ survey: Survey, _ workspace: borrowing BlockWorkspace
  ) -> Double {
    guard survey.hasDistribution else { return .nan }
    let pass = Float64RowPass(policy: row, reference: row)
    return pass.moments(survey.maximum, survey.maximum, workspace)
      .result(count: row.count, policyArgmax: survey.argmax, referenceArgmax: survey.argmax).policyEntropy
  }
}
