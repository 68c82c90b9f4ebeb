internal import CellCanvas
internal import Curves
internal import RunModel

/// The y axis of a chart and what it leaves out.
struct ChartScale {
  /// `nil` where no value has a place.
  private(set) var range: ClosedRange<Double>?
  let scale: AxisScale
  /// What the axis does not show, for the border, the longest text first.
  private(set) var notes: [[String]] = []

  /// - Parameters:
  ///   - window: the steps in sight; its columns do not matter.
  ///   - isRobust: the axis covers 5 to 95 % of each curve's values.
  init(
    _ curves: [ChartCurve], window: CurveWindow, isLogarithmic: Bool, isRobust: Bool, glyphs: GlyphSet
  ) {
    scale = isLogarithmic ? .logarithmic : .linear
    let all = Self.extent(of: curves.map(\.points), window)
    let drawn = Self.extent(of: curves.flatMap(\.everything), window)
    let wanted = isRobust ? Self.percentiles(of: curves, window, isLogarithmic: isLogarithmic) : nil
    let shown = wanted ?? drawn
    guard shown.hasFinite else { return }
    if isLogarithmic {
      range = Self.positive(shown, curves, window)
      noteNonpositive(curves, window, extent: all, glyphs: glyphs)
    } else {
      range = ValueRange.rounded(shown)
    }
    if wanted != nil { noteOutliers(beyond: all, glyphs: glyphs) }
  }

  private static func extent(of points: [CurvePoints], _ window: CurveWindow) -> Extent {
    points.reduce(into: Extent()) { $0.formUnion($1.extent(in: window)) }
  }

  /// Values looked at of each curve.
  private static let sampleCount = 1000

  private static func percentiles(
    of curves: [ChartCurve], _ window: CurveWindow, isLogarithmic: Bool
  ) -> Extent {
    var extent = Extent()
    for curve in curves {
      let values = curve.points.sample(in: window, count: sampleCount)
        .filter { !isLogarithmic || $0 > 0 }.sorted()
      guard !values.isEmpty else { continue }
      let last = Double(values.count - 1)
      extent.include(values[Int((0.05 * last).rounded(.down))])
      extent.include(values[Int((0.95 * last).rounded(.up))])
    }
    return extent
  }

  /// A logarithmic axis begins at the smallest positive value, as far as columns tell it.
  private static func positive(
    _ extent: Extent, _ curves: [ChartCurve], _ window: CurveWindow
  ) -> ClosedRange<Double>? {
    guard extent.maximum > 0 else { return nil }
    guard extent.minimum <= 0 else { return extent.minimum...extent.maximum }
    var columns = window
    columns.columns = searchColumns
    columns.starts = nil
    var positive = Extent()
    for column in curves.flatMap({ $0.everything.flatMap { $0.columns(columns) } })
    where column.extent.hasFinite && column.extent.maximum > 0 {
      positive.include(column.extent.minimum > 0 ? column.extent.minimum : column.extent.maximum)
    }
    return positive.hasFinite ? positive.minimum...max(positive.minimum, extent.maximum) : nil
  }

  private static let searchColumns = 400
  private static let mostCounted = 100

  private mutating func noteNonpositive(
    _ curves: [ChartCurve], _ window: CurveWindow, extent: Extent, glyphs: GlyphSet
  ) {
    guard extent.hasFinite, extent.minimum <= 0 else { return }
    let count = curves.reduce(0) {
      $0 + $1.points.nonpositiveCount(in: window, atMost: Self.mostCounted)
    }
    guard count > 0 else { return }
    let atMost = glyphs.isASCII ? "<=" : "≤"
    let number = count >= Self.mostCounted ? "\(Self.mostCounted) or more" : "\(count)"
    let noun = count == 1 ? "value" : "values"
    notes.append(["\(number) \(noun) \(atMost) 0 not shown", "\(number) \(atMost) 0 hidden"])
  }

  private mutating func noteOutliers(beyond all: Extent, glyphs: GlyphSet) {
    guard let range else { return }
    let percent = glyphs.isASCII ? "5-95 %" : "5–95 %"
    var ends: [String] = []
    if all.maximum > range.upperBound {
      ends.append("\(glyphs.marks.up) max \(ValueText.short(all.maximum, glyphs: glyphs))")
    }
    if all.minimum < range.lowerBound {
      ends.append("\(glyphs.marks.down) min \(ValueText.short(all.minimum, glyphs: glyphs))")
    }
    notes.append(["\(percent) of values  " + ends.joined(separator: "  "), percent])
  }
}

extension ChartCurve {
  /// All points that are drawn of it.
  fileprivate var everything: [CurvePoints] {
    [points] + shadows + (band.map { [$0.lower, $0.upper] } ?? [])
  }
}

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
