package import Curves

/// What can lie along the x axis of a chart instead of the step: time or tokens, as the log tells them for its steps.
package struct XQuantity: Sendable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The step itself.
    case step
    /// Seconds since the first record with a time.
    case elapsed
    /// Seconds since 1970.
    case clock
    /// Tokens that were trained on.
    case tokens
  }

  package let kind: Kind
  private let branch: SeriesBranch
  private let rows: RowTable
  private let first: (step: Int, value: Double)
  private let last: (step: Int, value: Double)

  /// `nil` where the points do not grow with the steps: then they are no axis.
  init?(_ kind: Kind, _ branch: SeriesBranch, rows: RowTable) {
    self.kind = kind
    self.branch = branch
    self.rows = rows
    func value(_ index: Int) -> Double {
      kind == .tokens ? branch.value(index) : rows.time(branch.row(index))
    }
    let start = (0..<branch.count).firstIndex(fromWhich: { value($0).isFinite })
    let end = (start..<branch.count).last { value($0).isFinite }
    guard let end, value(start) < value(end) else { return nil }
    first = (branch.step(start, rows: rows), value(start))
    last = (branch.step(end, rows: rows), value(end))
  }

  /// Where a step lies along the axis: at the last point at or before it; behind the last point as if the run went on
  /// at its mean rate.
  package func value(at step: Int) -> Double {
    if step <= first.step { return shown(first.value) }
    if step >= last.step {
      let beyond = Double(step) - Double(last.step)
      return beyond > 0 ? shown(last.value) + beyond * rate : shown(last.value)
    }
    let index = branch.upperBound(step: step, rows: rows) - 1
    return shown(value(atOrBefore: index))
  }

  /// The chart window whose columns are equally wide along this axis.
  package func window(_ steps: ClosedRange<Int>, columns: Int) -> CurveWindow {
    var window = CurveWindow(
      firstStep: steps.lowerBound, lastStep: steps.upperBound, columns: columns)
    let (low, high) = (value(at: steps.lowerBound), value(at: steps.upperBound))
    guard low < high, columns > 1 else { return window }
    var starts = [steps.lowerBound]
    var place: (index: Int, width: Int) = (0, branch.count / columns)
    for column in 1..<columns {
      let edge = low + (Double(column) - 0.5) / Double(columns - 1) * (high - low)
      let step = firstStep(at: edge, after: &place)
      starts.append(min(max(starts[column - 1], step), steps.upperBound))
    }
    window.starts = starts
    return window
  }

  /// The first step at or behind a place on the axis.
  ///
  /// - Parameter last: the point that was found last, and how far it lay behind the one before: the next one mostly lies
  ///   as far from there.
  private func firstStep(at place: Double, after last: inout (index: Int, width: Int)) -> Int {
    let wanted = kind == .elapsed ? place + first.value : place
    if wanted > self.last.value {
      let step = Double(self.last.step) + ((wanted - self.last.value) / rate).rounded(.up)
      return step < 0x1p62 ? Int(step) : .max
    }
    let index = (0..<branch.count).firstIndex(
      near: last.index + last.width, fromWhich: { value(atOrBefore: $0) >= wanted })
    last = (index, index - last.index)
    return index < branch.count ? branch.step(index, rows: rows) : self.last.step
  }

  private func shown(_ value: Double) -> Double { kind == .elapsed ? value - first.value : value }

  /// Growth for each step.
  private var rate: Double { (last.value - first.value) / max(1, Double(last.step) - Double(first.step)) }

  private func pointValue(_ index: Int) -> Double {
    kind == .tokens ? branch.value(index) : rows.time(branch.row(index))
  }

  /// The value at a point, or at the last one shortly before it that has one.
  private func value(atOrBefore index: Int) -> Double {
    for place in stride(from: index, through: max(0, index - Self.reach), by: -1) {
      let value = pointValue(place)
      if value.isFinite { return value }
    }
    return first.value
  }

  /// Points without a value that are looked behind.
  private static let reach = 32
}

extension RunModel {
  /// What can lie along the x axis; `nil` for the step itself, and where the log does not tell.
  package func measure(_ kind: XQuantity.Kind) -> XQuantity? {
    switch kind {
    case .step: return nil
    case .elapsed, .clock:
      guard rows.hasTimes, let clock = series.max(by: { $0.count < $1.count }) else { return nil }
      return XQuantity(kind, clock.current, rows: rows)
    case .tokens:
      return tokenCounts.lazy.compactMap { XQuantity(.tokens, $0.current, rows: self.rows) }.first
    }
  }

  /// Series that count tokens from the start of the run, the likeliest first.
  private var tokenCounts: [Series] {
    Self.tokenKeys.flatMap { key in
      series.filter { series in
        guard series.count > 1, series.key.name == key else { return false }
        return (1..<8).allSatisfy { part in
          // A count of each batch would go up and down.
          let middle = series.count * part / 8
          return series.current.extent(of: 0..<middle).isBelow(
            series.current.extent(of: middle..<series.count))
        }
      }
    }
  }

  private static let tokenKeys = [
    "num_input_tokens_seen", "num_tokens", "tokens_seen", "total_tokens", "total_tokens_seen",
    "num_tokens_seen", "consumed_tokens", "tokens_consumed", "tokens",
  ]
}

extension Extent {
  /// True where no finite value exceeds one of another extent.
  fileprivate func isBelow(_ other: Extent) -> Bool {
    !hasFinite || !other.hasFinite || maximum <= other.minimum
  }
}
