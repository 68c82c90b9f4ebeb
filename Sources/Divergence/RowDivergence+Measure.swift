extension RowDivergence {
  /// Measures one row of float64 logits in float64 throughout.
  ///
  /// - Precondition: `policy` and `reference` have the same length. A row without entries measures 0.
  public static func measure(
    policy: Span<Double>, reference: Span<Double>, totalVariation: Bool = false
  ) -> RowDivergence {
    precondition(policy.count == reference.count, "a row has as many logits in both models")
    return policy.withUnsafeBufferPointer { policy in
      reference.withUnsafeBufferPointer { reference in
        measure(
          UnsafeRawBufferPointer(policy), UnsafeRawBufferPointer(reference), .float64, totalVariation)
      }
    }
  }

  /// Measures one row of float32 logits: |error| ≤ 2·10⁻⁶ · max(1, D) nats, exactly 0 for identical rows.
  ///
  /// - Precondition: `policy` and `reference` have the same length. A row without entries measures 0.
  public static func measure(
    policy: Span<Float>, reference: Span<Float>, totalVariation: Bool = false
  ) -> RowDivergence {
    precondition(policy.count == reference.count, "a row has as many logits in both models")
    return policy.withUnsafeBufferPointer { policy in
      reference.withUnsafeBufferPointer { reference in
        measure(
          UnsafeRawBufferPointer(policy), UnsafeRawBufferPointer(reference), .float32, totalVariation)
      }
    }
  }

  private static func measure(
    _ policy: UnsafeRawBufferPointer, _ reference: UnsafeRawBufferPointer, _ scalar: LogitsScalar,
    _ totalVariation: Bool
  ) -> RowDivergence {
    guard let policyBase = policy.baseAddress, let referenceBase = reference.baseAddress else {
      return empty(totalVariation: totalVariation)
    }
    let count = policy.count / scalar.byteCount
    return measure(
      policy: LogitsRow(base: policyBase, scalar: scalar, count: count),
      reference: LogitsRow(base: referenceBase, scalar: scalar, count: count),
      totalVariation: totalVariation, in: BlockWorkspace())
  }

  /// Measures a row with the loop that its precision needs.
  static func measure(
    policy: LogitsRow, reference: LogitsRow, totalVariation: Bool, in workspace: borrowing BlockWorkspace
  ) -> RowDivergence {
    if policy.count == 0 { return empty(totalVariation: totalVariation) }
    if policy.fitsFloat32 && reference.fitsFloat32,
      let result = Float32RowPass.measure(
        policy: policy, reference: reference, totalVariation: totalVariation, in: workspace)
    {
      return result
    }
    return Float64RowPass.measure(
      policy: policy, reference: reference, totalVariation: totalVariation, in: workspace)
  }

  /// A row without entries: every sum is empty.
  private static func empty(totalVariation: Bool) -> RowDivergence {
    RowDivergence(
      policyReference: 0, referencePolicy: 0, policyEntropy: 0, referenceEntropy: 0,
      policyArgmax: -1, referenceArgmax: -1, masksDiffer: false, totalVariation: totalVariation ? 0 : nil)
  }
}
