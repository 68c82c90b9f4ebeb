#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How values are laid out along an axis.
package enum AxisScale: Sendable, Hashable, CaseIterable {
  case linear
  /// By their logarithm; zero and negative values have no place.
  case logarithmic

  /// Values further away than this many axes count as that far: every position can be counted in cells.
  package static let farthest = 1_000.0

  /// Where a value lies between the ends of a range, 0 at the lower and 1 at the upper; values beyond lie below 0 or
  /// above 1, ``farthest`` axes away at most.
  ///
  /// `nil` for what has no place: a value or an end that is not finite, or not positive on a logarithmic axis. In a
  /// range of one value, that value lies in the middle.
  package func position(of value: Double, in range: ClosedRange<Double>) -> Double? {
    guard
      let place = coordinate(of: value), let low = coordinate(of: range.lowerBound),
      let high = coordinate(of: range.upperBound)
    else { return nil }
    if low == high { return place == low ? 0.5 : place < low ? -Self.farthest : Self.farthest }
    let length = high - low
    // Halves where the difference of two finite numbers overflows; the half of a denormal may be zero.
    let position = length.isFinite ? (place - low) / length : (place / 2 - low / 2) / (high / 2 - low / 2)
    return min(max(position, -Self.farthest), Self.farthest)
  }

  /// The value at a position, the inverse of ``position(of:in:)``; `nil` where the ends of the range have no place, and
  /// for what lies beyond all finite numbers.
  package func value(at position: Double, in range: ClosedRange<Double>) -> Double? {
    guard
      position.isFinite, let low = coordinate(of: range.lowerBound),
      let high = coordinate(of: range.upperBound)
    else { return nil }
    let place = low * (1 - position) + high * position
    let value = self == .linear ? place : pow(10, place)
    return value.isFinite ? value : nil
  }

  /// The value, or its decimal logarithm; `nil` if that is not finite.
  private func coordinate(of value: Double) -> Double? {
    let coordinate = self == .linear ? value : log10(value)
    return coordinate.isFinite ? coordinate : nil
  }
}
