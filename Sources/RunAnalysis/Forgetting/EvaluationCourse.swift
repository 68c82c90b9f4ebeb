internal import Curves
internal import RealModule
internal import RunLog
internal import RunModel

/// A metric over the evaluations of a run: one finite value for each step that has one, in the order of the steps.
struct EvaluationCourse {
  /// What the values were divided by.
  let scale: Double
  var steps: [Int] = []
  var values: [Double] = []
  /// Standard error of each value, where the log has one beside it.
  var errors: [Double?] = []

  var count: Int { values.count }

  /// The values as they stand in the log.
  private(set) var logged: [Double] = []

  /// - Parameter scale: what the values are divided by.
  init(_ metric: RetentionMetric, of run: RunModel, scale: Double = 1) {
    self.scale = scale
    let branch = run.series[metric.id].current
    let partner = run.series(named: metric.name + "_stderr")?.current
    for index in 0..<branch.count {
      let value = branch.value(index)
      let step = branch.step(index, rows: run.rows)
      guard value.isFinite else { continue }
      // Of several values of a step the last one counts.
      if steps.last == step { removeLast() }
      steps.append(step)
      logged.append(value)
      values.append(value / scale)
      errors.append(partner.flatMap { $0.value(atExactly: step, rows: run.rows)?.finite }.map { $0 / scale })
    }
  }

  /// The course of the logarithms of a metric that is above 0, in nats: a loss of which the log has e to it.
  var logarithms: EvaluationCourse {
    var course = self
    for index in values.indices {
      course.values[index] = Double.log(values[index])
      course.errors[index] = errors[index].map { $0 / values[index] }
    }
    return course
  }

  private mutating func removeLast() {
    steps.removeLast()
    logged.removeLast()
    values.removeLast()
    errors.removeLast()
  }

  /// Variance of one value around a smooth course, from the second differences of the first m values:
  /// σ² = Σ(xᵢ₋₁ − 2xᵢ + xᵢ₊₁)² / (6(m − 2)).
  struct Scatter {
    /// Squared second differences, by the last of their three values, and their sums up to each value.
    private var squares: [Double]
    private var sums: [Double]

    /// Fewer values tell no variance.
    static let fewestValues = 8

    init(_ values: [Double]) {
      squares = Array(repeating: 0, count: values.count)
      sums = squares
      for index in values.indices.dropFirst(2) {
        let difference = values[index] - 2 * values[index - 1] + values[index - 2]
        squares[index] = difference * difference
        sums[index] = sums[index - 1] + squares[index]
      }
    }

    struct Estimate {
      var variance: Double
      /// Degrees of freedom: neighbouring second differences depend on each other.
      var degrees: Double
    }

    /// The variance as the first `count` values tell it; `nil` for too few of them.
    ///
    /// - Parameter jump: index of a value that may be on the other side of a jump than the one before it; the two
    ///   second differences across it are left out, for a sudden drop is no scatter.
    /// - Parameter fewest: fewer values than this tell no variance.
    func estimate(ofFirst count: Int, across jump: Int? = nil, fewest: Int = Self.fewestValues) -> Estimate? {
      guard count >= fewest else { return nil }
      let left = jump.map { max(2, $0)..<min(count, $0 + 2) } ?? 2..<2
      let used = count - 2 - left.count
      guard used >= fewest - 2 else { return nil }
      let sum = sums[count - 1] - left.reduce(0) { $0 + squares[$1] }
      return Estimate(variance: max(0, sum) / (6 * Double(used)), degrees: Double(used) / 2)
    }

    /// `nil` for too few values.
    func variance(ofFirst count: Int) -> Double? { estimate(ofFirst: count)?.variance }
  }
}

extension SeriesBranch {
  /// The value at a step that has one; of several the last.
  func value(atExactly step: Int, rows: RowTable) -> Double? {
    let end = upperBound(step: step, rows: rows)
    guard end > 0, self.step(end - 1, rows: rows) == step else { return nil }
    return value(end - 1)
  }
}
