/// The quantile at `fraction` (0…1) of values in ascending order: linear interpolation at fraction·(n − 1).
///
/// NaN without values. Values must hold no NaN; infinite ones are met without turning into NaN.
public func quantile(_ fraction: Double, ofSorted values: Span<Double>) -> Double {
  guard values.count > 0 else { return .nan }
  let position = min(max(0, fraction), 1) * Double(values.count - 1)
  let below = Int(position)
  let lower = values[below]
  let weight = position - Double(below)
  if weight == 0 { return lower }
  let upper = values[below + 1]
  return lower == upper ? lower : lower + (upper - lower) * weight
}

/// The quantile at `fraction` (0…1) of values in any order, those that are not NaN.
public func quantile(_ fraction: Double, of values: Span<Double>) -> Double {
  let sorted = values.indices.map { values[$0] }.filter { !$0.isNaN }.sorted()
  return quantile(fraction, ofSorted: sorted.span)
}
