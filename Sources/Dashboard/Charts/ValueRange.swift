internal import RunModel

/// The ends of a y axis.
enum ValueRange {
  /// The finite values of an extent, outwards to round numbers: an axis that moved with every new extreme would have
  /// to be drawn anew each time.
  static func rounded(_ extent: Extent) -> ClosedRange<Double> {
    let (low, high) = (extent.minimum, extent.maximum)
    let air = low < high ? high / 2 - low / 2 : low == 0 ? 0.5 : abs(low) / 20
    guard air.isFinite, air > 0 else { return low...high }
    let unit = roundUnit(atLeast: air / 4)
    let bottom = ((low < high ? low : low - air) / unit).rounded(.down) * unit
    let top = ((low < high ? high : high + air) / unit).rounded(.up) * unit
    guard bottom.isFinite, top.isFinite, bottom < top else { return low...high }
    // Quantities that cannot be negative keep their zero.
    return (low >= 0 ? max(0, bottom) : bottom)...top
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is not below `value`, which is positive.
  private static func roundUnit(atLeast value: Double) -> Double {
    var unit = 1.0
    while unit > value { unit /= 10 }
    while unit * 10 <= value { unit *= 10 }
    return [1.0, 2, 5, 10].lazy.map { $0 * unit }.first { $0 >= value } ?? value
  }
}
