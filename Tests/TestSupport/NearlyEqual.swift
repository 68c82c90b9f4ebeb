/// Equal but for the rounding of a few operations in float64.
package func near(_ value: Double?, _ expected: Double) -> Bool {
  value.map { abs($0 - expected) <= 1e-11 * max(1, abs(expected)) } ?? false
}
