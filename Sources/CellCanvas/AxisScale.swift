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

  /// Where a value lies between the ends of a range, 0 at the lower and 1 at the upper; values beyond lie below 0 or
  /// above 1.
  ///
  /// `nil` for what has no place: a value or an end that is not finite, or not positive on a logarithmic axis. In a
  /// range of one value, that value lies in the middle.
  package func position(of value: Double, in range: ClosedRange<Double>) -> Double? {
    guard
      let place = coordinate(of: value), let low = coordinate(of: range.lowerBound),
      let high = coordinate(of: range.upperBound)
    else { return nil }
    if low == high { return place == low ? 0.5 : place < low ? -.infinity : .infinity }
    // Halves, because the difference of two finite numbers may overflow.
    return (place / 2 - low / 2) / (high / 2 - low / 2)
  }

  /// The value at a position, the inverse of ``position(of:in:)``; `nil` where the ends of the range have no place.
  package func value(at position: Double, in range: ClosedRange<Double>) -> Double? {
    guard
      position.isFinite, let low = coordinate(of: range.lowerBound),
      let high = coordinate(of: range.upperBound)
    else { return nil }
    let place = low * (1 - position) + high * position
    return self == .linear ? place : pow(10, place)
  }

  /// The value, or its decimal logarithm; `nil` if that is not finite.
  private func coordinate(of value: Double) -> Double? {
    let coordinate = self == .linear ? value : log10(value)
    return coordinate.isFinite ? coordinate : nil
  }
}
