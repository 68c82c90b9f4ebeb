/// Some points of a curve, evenly chosen: what a trend is told from, however long the run.
package struct SeriesSample: Sendable {
  package var steps: [Int] = []
  package var values: [Double] = []

  /// Points of an index range, each the mean of up to four neighbours where there are more than `limit`.
  package init(_ branch: SeriesBranch, in range: Range<Int>, atMost limit: Int, rows: RowTable) {
    let stride = max(1, (range.count + limit - 1) / limit)
    let neighbours = min(stride, Self.neighbours)
    for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: stride) {
      let end = min(start + neighbours, range.upperBound)
      var sum = 0.0
      branch.forEachValue(in: start..<end) { sum += $0 }
      steps.append(branch.step(start, rows: rows))
      values.append(sum / Double(end - start))
    }
  }

  private static let neighbours = 4

  /// Their line over the steps.
  package var trend: LinearTrend? { LinearTrend(x: steps.map(Double.init), y: values) }

  /// Last step minus first.
  package var span: Double {
    guard let first = steps.first, let last = steps.last else { return 0 }
    return Double(last) - Double(first)
  }
}
