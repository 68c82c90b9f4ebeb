internal import Divergence
internal import RealModule
internal import RunModel

/// Distributions beside each other on one logarithmic axis, one line each.
struct DistributionPicture {
  private static let columns = 60
  /// Smaller numbers are rounding.
  private static let least = 1e-7

  /// Decimal logarithms at the ends of the axis; nil where there is nothing finite to draw.
  private let bounds: (low: Double, high: Double)?

  init(_ directions: [RowStatistics]) {
    let drawn = directions.flatMap { [$0.p1, $0.median, $0.p99] }.filter { $0.isFinite }
    guard let low = drawn.min(), let high = drawn.max() else {
      bounds = nil
      return
    }
    let first = Double.log10(max(low, Self.least)).rounded(.down)
    bounds = (first, max(first + 1, Double.log10(max(high, Self.least)).rounded(.up)))
  }

  /// The line of one distribution: 1 to 99 %, 10 to 90 % and the median.
  func line(_ direction: RowStatistics) -> String {
    var cells = Array(repeating: Character(" "), count: Self.columns)
    draw("─", direction.p1, direction.p99, into: &cells)
    draw("▒", direction.p10, direction.p90, into: &cells)
    draw("█", direction.median, direction.median, into: &cells)
    while cells.last == " " { cells.removeLast() }
    return String(cells)
  }

  private func draw(_ mark: Character, _ from: Double, _ to: Double, into cells: inout [Character]) {
    guard !from.isNaN, !to.isNaN else { return }
    for column in column(from)...max(column(from), column(to)) { cells[column] = mark }
  }

  private func column(_ value: Double) -> Int {
    guard let bounds, value > 0 else { return 0 }
    guard value.isFinite else { return Self.columns - 1 }
    let place = (Double.log10(value) - bounds.low) / (bounds.high - bounds.low)
    return Int((min(1, max(0, place)) * Double(Self.columns - 1)).rounded())
  }

  /// Powers of ten under the lines.
  var axis: String? {
    guard let bounds else { return nil }
    var cells = Array(repeating: Character(" "), count: Self.columns + 8)
    let decades = Int(bounds.high - bounds.low)
    let step = max(1, (decades + 5) / 6)
    for decade in stride(from: 0, through: decades, by: step) {
      let place = column(Double.pow(10, bounds.low + Double(decade)))
      for (offset, character) in SentenceNumber.text(Double.pow(10, bounds.low + Double(decade))).enumerated()
      {
        cells[min(place + offset, cells.count - 1)] = character
      }
    }
    while cells.last == " " { cells.removeLast() }
    return String(cells)
  }
}
