internal import Curves
internal import RealModule
internal import RunLog
internal import RunModel

/// A metric over the evaluations of a run: one finite value for each step that has one, in the order of the steps.
struct EvaluationCourse {
  var steps: [Int] = []
  var values: [Double] = []
  /// Standard error of each value, where the log has one beside it.
  var errors: [Double?] = []

  var count: Int { values.count }

  /// - Parameter scale: what the values are divided by.
  init(_ metric: RetentionMetric, of run: RunModel, scale: Double) {
    let branch = run.series[metric.id].current
    let partner = run.series(named: metric.name + "_stderr")?.current
    for index in 0..<branch.count {
      let value = branch.value(index) / scale
      let step = branch.step(index, rows: run.rows)
      guard value.isFinite else { continue }
      // Of several values of a step the last one counts.
      if steps.last == step { removeLast() }
      steps.append(step)
      values.append(value)
      errors.append(partner.flatMap { $0.value(atExactly: step, rows: run.rows)?.finite }.map { $0 / scale })
    }
  }

  private mutating func removeLast() {
    steps.removeLast()
    values.removeLast()
    errors.removeLast()
  }

  /// Variance of one value around a smooth course, from the second differences of the first `count` values:
  /// σ² = Σ(xᵢ₋₁ − 2xᵢ + xᵢ₊₁)² / (6(m − 2)).
  struct Scatter {
    /// Σ of the squared second differences up to each value.
    private var sums: [Double]

    /// Fewer values tell no variance.
    static let fewestValues = 8

    init(_ values: [Double]) {
      sums = Array(repeating: 0, count: values.count)
      for index in values.indices.dropFirst(2) {
        let difference = values[index] - 2 * values[index - 1] + values[index - 2]
        sums[index] = sums[index - 1] + difference * difference
      }
    }

    /// `nil` for too few values.
    func variance(ofFirst count: Int) -> Double? {
      count >= Self.fewestValues ? sums[count - 1] / (6 * Double(count - 2)) : nil
    }

    /// Degrees of freedom of that variance: neighbouring second differences depend on each other.
    static func degrees(ofFirst count: Int) -> Double { Double(count - 2) / 2 }
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

/// How sure it is that an accuracy is lower than at the start.
enum ForgettingTest {
  /// The very answers that the metric is the mean of, at each evaluation: right or wrong by sample.
  case answers([[Bool]])
  /// Shares of so many answers.
  case shares(of: Int)
  /// Standard errors that stand in the log.
  case logged
  /// Nothing but the values.
  case values

  /// The strongest test that a run has the evidence for.
  init(_ course: EvaluationCourse, metric: RetentionMetric, of run: RunModel) {
    if let answers = run.answers(of: metric, course) {
      self = .answers(answers)
    } else if let count = run.targets(of: metric, course) ?? AnswerCount.inferred(from: course.values) {
      self = .shares(of: count)
    } else if course.errors.allSatisfy({ ($0 ?? 0) > 0 }) {
      self = .logged
    } else {
      self = .values
    }
  }

  /// What a sentence calls it.
  var name: String {
    switch self {
    case .answers: "McNemar"
    case .shares: "Fisher"
    case .logged: "by the logged standard errors"
    case .values: "by the scatter of the values"
    }
  }

  /// How many answers the metric is over; `nil` where nothing tells.
  var count: Int? {
    switch self {
    case .answers(let answers): answers.first?.count
    case .shares(let count): count
    case .logged, .values: nil
    }
  }

  /// One-sided p of the loss between the first evaluation and another one, when so many evaluations were known; `nil`
  /// where nothing tells.
  func probability(
    at index: Int, of course: EvaluationCourse, scatter: EvaluationCourse.Scatter, known: Int
  ) -> Double? {
    switch self {
    case .answers(let answers):
      let pairs = zip(answers[0], answers[index])
      return Significance.mcnemar(
        lost: pairs.count { $0 && !$1 }, won: pairs.count { !$0 && $1 })
    case .shares(let count):
      let n = Double(count)
      return Significance.fisher(
        before: Int((course.values[0] * n).rounded()), after: Int((course.values[index] * n).rounded()),
        of: count)
    case .logged:
      guard let before = course.errors[0], let after = course.errors[index] else { return nil }
      let error = (before * before + after * after).squareRoot()
      return Significance.normal((course.values[0] - course.values[index]) / error)
    case .values:
      guard let variance = scatter.variance(ofFirst: known) else { return nil }
      let error = (2 * variance).squareRoot()
      let drop = course.values[0] - course.values[index]
      if error == 0 { return drop > 0 ? 0 : 1 }
      return Significance.student(drop / error, degrees: EvaluationCourse.Scatter.degrees(ofFirst: known))
    }
  }
}

extension RunModel {
  /// Rows that answers are looked up in, at most: beyond that the number of answers is enough.
  private static var mostAnswers: Int { 4_000_000 }

  /// The evaluations of samples that a metric may be the mean of.
  private func track(of metric: RetentionMetric) -> DivergenceTrack? {
    let words = MetricKey(metric.name).setWords
    return divergences.values.first { track in
      track.probe.phase == .eval && MetricKey.words(of: track.probe.set ?? "") == words
    }
  }

  /// The answers that a metric is the mean of; `nil` unless value · answers is whole, and as many answers are right, at
  /// every evaluation, on the same samples.
  fileprivate func answers(of metric: RetentionMetric, _ course: EvaluationCourse) -> [[Bool]]? {
    guard let track = track(of: metric), let first = track.points.first,
      first.samples.count <= Self.mostAnswers / max(1, course.count)
    else { return nil }
    var all: [[Bool]] = []
    var targets: [SampleName: Int]?
    for (index, step) in course.steps.enumerated() {
      guard let point = track.point(at: step), point.step == step,
        let answers = point.answers(like: &targets)
      else { return nil }
      let right = Double(answers.count { $0 })
      guard abs(course.values[index] * Double(answers.count) - right) < 1e-4 else { return nil }
      all.append(answers)
    }
    return all.first?.isEmpty == false ? all : nil
  }

  /// How many targets the evaluations of the metric's set have, if every value is a share of so many.
  fileprivate func targets(of metric: RetentionMetric, _ course: EvaluationCourse) -> Int? {
    guard let point = track(of: metric)?.points.first else { return nil }
    let targets = point.samples.reduce(0) { $0 + $1.rows.count { $0.target >= 0 } }
    return targets > 0 && AnswerCount.fits(targets, course.values) ? targets : nil
  }
}

extension StepDivergence {
  /// Right or wrong for each sample, by name; `nil` where a sample is no single row with a target, or where the samples
  /// are others than before.
  fileprivate func answers(like targets: inout [SampleName: Int]?) -> [Bool]? {
    var rows: [(name: SampleName, row: MeasuredRow)] = []
    for (name, sample) in samplesByName {
      guard sample.rows.count == 1, sample.rows[0].target >= 0 else { return nil }
      rows.append((name, sample.rows[0]))
    }
    let own = Dictionary(rows.map { ($0.name, $0.row.target) }, uniquingKeysWith: { first, _ in first })
    if let targets, targets != own { return nil }
    targets = own
    return rows.sorted { $0.name < $1.name }.map(\.row.isCorrect)
  }
}

extension SampleName {
  /// Rows without a name first.
  fileprivate static func < (left: SampleName, right: SampleName) -> Bool {
    switch (left, right) {
    case (.row(let left), .row(let right)): left < right
    case (.row, .named): true
    case (.named, .row): false
    case (.named(let left), .named(let right)): left < right
    }
  }
}
