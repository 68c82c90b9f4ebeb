import Divergence

/// Logits rounded to a storage precision: the bytes, and the exact values that they stand for.
struct StoredLogits {
  let scalar: LogitsScalar
  let bytes: [UInt8]
  let values: [Double]

  init(_ logits: [Double], as scalar: LogitsScalar) {
    self.scalar = scalar
    switch scalar {
    case .float64:
      values = logits
      bytes = logits.withUnsafeBytes { Array($0) }
    case .float32:
      let rounded = logits.map { Float($0) }
      values = rounded.map(Double.init)
      bytes = rounded.withUnsafeBytes { Array($0) }
    case .float16:
      let rounded = logits.map { Float16($0) }
      values = rounded.map(Double.init)
      bytes = rounded.withUnsafeBytes { Array($0) }
    case .bfloat16:
      let rounded = logits.map(Self.bfloat16)
      values = rounded.map { Double(Float(bitPattern: UInt32($0) << 16)) }
      bytes = rounded.withUnsafeBytes { Array($0) }
    }
  }

  private static func bfloat16(_ value: Double) -> UInt16 {
    let bits = Float(value).bitPattern
    if value.isNaN || value.isInfinite { return UInt16(bits >> 16) }
    return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}

/// Measures rows of stored logits.
func measure(
  _ policy: StoredLogits, _ reference: StoredLogits, vocabularySize: Int, totalVariation: Bool = false,
  maximumThreads: Int? = nil
) throws -> [RowDivergence] {
  try RowDivergence.measure(
    policy: policy.bytes.span.bytes, storedAs: policy.scalar,
    reference: reference.bytes.span.bytes, storedAs: reference.scalar,
    vocabularySize: vocabularySize, totalVariation: totalVariation, maximumThreads: maximumThreads)
}

/// The greatest error promised for a row whose divergence is `exact`.
func promise(_ exact: Double) -> Double { 2e-6 * max(1, exact) }

/// Whether a measured divergence is what was promised: the same kind of number, and near enough.
func keepsPromise(_ measured: Double, _ exact: Double) -> Bool {
  if exact.isNaN { return measured.isNaN }
  if exact.isInfinite { return measured == exact }
  return measured >= 0 && abs(measured - exact) <= promise(exact)
}
