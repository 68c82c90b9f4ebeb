/// One labelled place on an axis.
package struct Tick: Sendable, Hashable {
  package let value: Double
  package let label: String
  /// The cell of the tick: a column from the left, or a row from the top.
  package let cell: Int
  /// The cells that the label covers: columns from the left, or the one row of a vertical axis.
  package let labelCells: Range<Int>
}

/// Round numbers along an axis, as many as there is room for.
package enum Ticks {
  /// Ticks below a chart, from left to right; the labels lie within the columns, three apart at least.
  ///
  /// Empty if the range has no place on the scale or no label fits.
  package static func horizontal(
    _ range: ClosedRange<Double>, scale: AxisScale = .linear, kind: TickKind = .number, columns: Int
  ) -> [Tick] {
    guard columns > 0 else { return [] }
    return densest(candidates(range, scale: scale, kind: kind, count: max(1, columns / 8)), gap: 3) {
      value, label in
      guard let position = scale.position(of: value, in: range) else { return nil }
      let width = DisplayWidth.of(label)
      guard width <= columns else { return nil }
      let cell = index(position, of: columns)
      let start = min(max(0, cell - width / 2), columns - width)
      return Tick(value: value, label: label, cell: cell, labelCells: start..<start + width)
    }
  }

  /// Ticks beside a chart, from bottom to top, no two in adjacent rows.
  ///
  /// Empty if the range has no place on the scale.
  package static func vertical(
    _ range: ClosedRange<Double>, scale: AxisScale = .linear, kind: TickKind = .number, rows: Int
  ) -> [Tick] {
    guard rows > 0 else { return [] }
    let gap = rows < 16 ? 1 : 2
    return densest(candidates(range, scale: scale, kind: kind, count: (rows + 1) / 2), gap: gap) {
      value, label in
      guard let position = scale.position(of: value, in: range) else { return nil }
      let cell = rows - 1 - index(position, of: rows)
      return Tick(value: value, label: label, cell: cell, labelCells: cell..<cell + 1)
    }
  }

  private typealias Labelled = (value: Double, label: String)

  private static func index(_ position: Double, of count: Int) -> Int {
    min(count - 1, max(0, Int((position * Double(count - 1)).rounded())))
  }

  /// Lists of ticks from dense to sparse.
  private static func candidates(
    _ range: ClosedRange<Double>, scale: AxisScale, kind: TickKind, count: Int
  ) -> [[Labelled]] {
    guard range.lowerBound.isFinite, range.upperBound.isFinite else { return [] }
    if scale == .logarithmic, range.lowerBound <= 0 { return [] }
    let lists =
      switch scale {
      case _ where range.lowerBound == range.upperBound: [[Labelled]]()
      case .linear: linear(range, kind: kind, count: count)
      case .logarithmic where range.upperBound / range.lowerBound >= 10: logarithmic(range, count: count)
      case .logarithmic: linear(range, kind: kind, count: count) + logarithmic(range, count: count)
      }
    // Where round numbers are too coarse, the lower end is named.
    return lists.allSatisfy(\.isEmpty)
      ? [[(range.lowerBound, TickLabel.single(range.lowerBound, kind: kind))]] : lists
  }

  private static func linear(_ range: ClosedRange<Double>, kind: TickKind, count: Int) -> [[Labelled]] {
    let largest = max(range.lowerBound.magnitude, range.upperBound.magnitude)
    let length = min(range.upperBound - range.lowerBound, .greatestFiniteMagnitude)
    return TickStep.candidates(length: length, atMost: count, kind: kind).map { step in
      step.multiples(in: range, atMost: count + 2).map {
        ($0, TickLabel.text($0, step: step, length: length, largest: largest, kind: kind))
      }
    }
  }

  /// 1, 2 and 5 of each decade, then whole decades, then every second, fifth, tenth…
  private static func logarithmic(_ range: ClosedRange<Double>, count: Int) -> [[Labelled]] {
    let decade = TickStep.Decades(range)
    let strides = [1, 2, 5, 10, 20, 50, 100, 200]
    let lists = [decade.values(of: [1, 2, 5], every: 1)] + strides.map { decade.values(of: [1], every: $0) }
    return lists.filter { $0.count <= 2 * count + 2 }.map { values in
      values.map { ($0, TickLabel.logarithmic($0)) }
    }
  }

  /// The first list of several ticks whose labels keep their distance; failing that, the most that do of any list.
  private static func densest(
    _ lists: [[Labelled]], gap: Int, place: (Double, String) -> Tick?
  ) -> [Tick] {
    var best: [Tick] = []
    for list in lists {
      let ticks = keepingDistance(list.compactMap { place($0.value, $0.label) }, gap: gap)
      if ticks.count == list.count, ticks.count > 1 { return ticks }
      if ticks.count > best.count { best = ticks }
    }
    return best
  }

  private static func keepingDistance(_ ticks: [Tick], gap: Int) -> [Tick] {
    var kept: [Tick] = []
    for tick in ticks {
      let isClear = kept.allSatisfy {
        tick.labelCells.lowerBound >= $0.labelCells.upperBound + gap
          || $0.labelCells.lowerBound >= tick.labelCells.upperBound + gap
      }
      if isClear { kept.append(tick) }
    }
    return kept
  }
}
