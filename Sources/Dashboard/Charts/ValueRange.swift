internal import Curves
internal import RunModel

/// The ends of a y axis.
enum ValueRange {
  /// The finite values of an extent, outwards to round numbers: an axis that moved with every new extreme would have
  /// to be drawn anew each time.
  ///
  /// The only floor there is for axes of any size: values that differ by less than ``leastLength(around:)`` lie on an
  /// axis of that length.
  ///
  /// - Precondition: the extent has a finite value.
  static func rounded(_ extent: Extent) -> ClosedRange<Double> {
    let (low, high) = (extent.minimum, extent.maximum)
    let size = max(low.magnitude, high.magnitude)
    let least = leastLength(around: size)
    // Halves, because the difference of two finite numbers may overflow.
    let half = high / 2 - low / 2
    let air =
      if low == high {
        size == 0 ? 0.5 : max(size / 20, least)
      } else {
        half < least ? least : 0
      }
    let unit = roundUnit(atLeast: max(half, air) / 4)
    let bottom = ((low - air) / unit).rounded(.down) * unit
    let top = ((high + air) / unit).rounded(.up) * unit
    // Quantities that cannot be negative keep their zero; beyond all numbers the values are the ends themselves.
    let lower = bottom.isFinite ? min(low >= 0 ? max(0, bottom) : bottom, low) : low
    return lower...(top.isFinite ? max(top, high) : high)
  }

  /// Smaller differences between values of a size are rounding, and at the lower end too small to divide.
  private static func leastLength(around size: Double) -> Double { max(size * 0x1p-40, 0x1p-1015) }

  /// The smallest of 1, 2 and 5 times a power of ten that is not below `value`, which is positive and no denormal.
  private static func roundUnit(atLeast value: Double) -> Double {
    var unit = 1.0
    while unit > value { unit /= 10 }
    while unit * 10 <= value { unit *= 10 }
    return [1.0, 2, 5, 10].lazy.map { $0 * unit }.first { $0 >= value } ?? value
  }
}
