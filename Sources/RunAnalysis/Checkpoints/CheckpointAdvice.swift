internal import Curves
internal import RealModule
package import RunModel

/// Which checkpoint of a run to keep: what each of them gained on the new task, and what it lost of the old ones.
package struct CheckpointAdvice: Sendable, Hashable {
  /// What the tasks are measured by; accuracies and losses never become one number.
  package enum Unit: Sendable, Hashable {
    /// Accuracies, 0…1.
    case share
    /// Losses.
    case nats
  }

  /// One metric at one checkpoint.
  package struct Value: Sendable, Hashable {
    package var metric: RetentionMetric
    package var value: Double
    /// Against the first evaluation of a retention metric, or the best of a new one: worse where negative.
    package var gain: Double
    /// The evaluation that it is from.
    package var step: Int
  }

  /// A checkpoint, or an evaluation where none was saved.
  package struct Candidate: Sendable, Hashable {
    package var checkpoint: SavedCheckpoint
    package var isSaved: Bool
    package var new: [Value]
    package var retention: [Value]
    /// Every retention metric is within its budget.
    package var isWithinBudget: Bool
    /// No other candidate is better in both.
    package var isUnbeaten = false
    /// What the new task lacks of its best and the mean of what the retention metrics lost.
    var cost: Double
    /// Standard error of the cost, and of the new task's mean; 0 where nothing tells it.
    var costError: Double
    var newError: Double

    var lacks: Double { -new.mean(\.gain) }
    var lost: Double { -retention.mean(\.gain) }
    /// The evaluation furthest from the checkpoint's step.
    package var evaluationStep: Int {
      (new + retention).map(\.step).max { abs($0 - checkpoint.step) < abs($1 - checkpoint.step) }
        ?? checkpoint.step
    }
  }

  package let unit: Unit
  /// True where a budget of a retention metric was given.
  let hasOwnLimits: Bool
  /// In the order of the steps.
  package private(set) var candidates: [Candidate]
  /// Index of the best on the new task of those within budget; `nil` where none is.
  package private(set) var withinBudget: Int?
  /// Index of the one that gives up least of both.
  package private(set) var bestBalance: Int
  /// Index of the one to keep.
  package private(set) var keep: Int

  /// Points and nats that a retention set may lose, where nobody says otherwise.
  static func defaultLimit(_ unit: Unit) -> Double { unit == .share ? 0.05 : 0.1 }

  /// What float64 leaves of a difference.
  private static let rounding = 1e-9

  /// `nil` without evaluations of both a new task and a retention set.
  package init?(_ run: RunModel, budgets: [Budget] = []) {
    guard let tasks = Tasks(run, budgets: budgets) else { return nil }
    unit = tasks.unit
    hasOwnLimits = tasks.hasBudgets
    let saved = run.checkpoints
    let candidates =
      saved.isEmpty
      ? tasks.evaluatedSteps.map { tasks.candidate(SavedCheckpoint(step: $0), isSaved: false) }
      : saved.map { tasks.candidate($0, isSaved: true) }
    guard !candidates.isEmpty else { return nil }
    let within = candidates.indices.filter { candidates[$0].isWithinBudget }
    self.candidates = candidates
    withinBudget = Self.least(within, of: candidates, by: \.lacks, error: \.newError)
    bestBalance = Self.least(Array(candidates.indices), of: candidates, by: \.cost, error: \.costError) ?? 0
    keep = tasks.hasBudgets ? withinBudget ?? bestBalance : bestBalance
    markUnbeaten()
  }

  /// The earliest of those that are less than one standard error from the least.
  private static func least(
    _ indices: [Int], of candidates: [Candidate], by cost: KeyPath<Candidate, Double>,
    error: KeyPath<Candidate, Double>
  ) -> Int? {
    guard let best = indices.min(by: { candidates[$0][keyPath: cost] < candidates[$1][keyPath: cost] }) else {
      return nil
    }
    return indices.first { index in
      let (own, other) = (candidates[index], candidates[best])
      let apart = own[keyPath: cost] - other[keyPath: cost]
      let squares = [own, other].map { $0[keyPath: error] * $0[keyPath: error] }
      return apart <= rounding || apart < (squares[0] + squares[1]).squareRoot()
    }
  }

  /// Goes through the candidates from the best on the new task down: one is unbeaten that lost less than all before.
  private mutating func markUnbeaten() {
    let order = candidates.indices.sorted {
      (candidates[$0].lacks, candidates[$0].lost) < (candidates[$1].lacks, candidates[$1].lost)
    }
    var least = Double.infinity
    for index in order where candidates[index].lost < least {
      candidates[index].isUnbeaten = true
      least = candidates[index].lost
    }
  }
}

extension [CheckpointAdvice.Value] {
  fileprivate func mean(_ value: KeyPath<CheckpointAdvice.Value, Double>) -> Double {
    reduce(0) { $0 + $1[keyPath: value] } / Double(count)
  }
}

/// The metrics that a choice between checkpoints rests on.
private struct Tasks {
  let unit: CheckpointAdvice.Unit
  let hasBudgets: Bool
  private let new: [Task]
  private let retention: [Task]

  struct Task {
    let metric: RetentionMetric
    let course: EvaluationCourse
    /// 1 where higher is better, −1 otherwise.
    let sign: Double
    /// The value that gains are counted from.
    let origin: Double
    /// What may be lost of it.
    let limit: Double
    private let answers: Int?
    private let scatter: Double

    init?(
      _ metric: RetentionMetric, of run: RunModel, budgets: [Budget], unit: CheckpointAdvice.Unit
    ) {
      let branch = run.series[metric.id].current
      let extent = branch.extent(of: 0..<branch.count)
      let isShare = unit == .share
      guard extent.hasFinite, !isShare || extent.minimum >= 0 && extent.maximum <= 100 else { return nil }
      let scale: Double = isShare && extent.maximum > 1 ? 100 : 1
      course = EvaluationCourse(metric, of: run, scale: scale)
      let sign: Double = isShare ? 1 : -1
      self.metric = metric
      self.sign = sign
      let best = course.values.map { $0 * sign }.max() ?? 0
      let start = course.values[0]
      origin = metric.setKind == .new ? best * sign : start
      limit =
        budgets.compactMap { $0.loss(allowedFor: metric, start: start * scale, sign: sign) }.min()
        .map { $0 / scale } ?? CheckpointAdvice.defaultLimit(unit)
      answers = isShare ? AnswerCount.inferred(from: course.logged, scale: scale) : nil
      let scatter = EvaluationCourse.Scatter(course.values)
      self.scatter = scatter.variance(ofFirst: course.count)?.squareRoot() ?? 0
    }

    /// The evaluation nearest to a step, the earlier one of two that are equally near.
    private func index(near step: Int) -> Int {
      let next = course.steps.partitionPoint { $0 < step }
      guard next > 0 else { return 0 }
      guard next < course.count else { return course.count - 1 }
      let (before, after) = (Double(course.steps[next - 1]), Double(course.steps[next]))
      return Double(step) - before <= after - Double(step) ? next - 1 : next
    }

    func value(near step: Int) -> (value: CheckpointAdvice.Value, error: Double) {
      let index = index(near: step)
      let value = course.values[index]
      let sampling = answers.map { (value * (1 - value) / Double($0)).squareRoot() }
      return (
        CheckpointAdvice.Value(
          metric: metric, value: value, gain: sign * (value - origin), step: course.steps[index]),
        course.errors[index] ?? sampling ?? scatter
      )
    }
  }

  init?(_ run: RunModel, budgets: [Budget]) {
    let metrics = run.retentionMetrics
    func tasks(_ kind: RetentionMetric.Kind, _ set: SetKind, _ unit: CheckpointAdvice.Unit) -> [Task] {
      metrics.filter { $0.kind == kind && $0.setKind == set }
        .compactMap { Task($0, of: run, budgets: budgets, unit: unit) }.filter { $0.course.count > 1 }
        .oneForEachSet(metric: \.metric, evaluations: \.course.count)
    }
    for (kind, unit) in [(RetentionMetric.Kind.accuracy, CheckpointAdvice.Unit.share), (.loss, .nats)] {
      // Without a new task there is nothing to weigh, however long the courses of the others are.
      let new = tasks(kind, .new, unit)
      let old = new.isEmpty ? [] : tasks(kind, .retention, unit)
      guard !old.isEmpty else { continue }
      (self.new, retention, self.unit) = (new, old, unit)
      hasBudgets = old.contains { task in budgets.contains { $0.isAbout(task.metric.name) } }
      return
    }
    return nil
  }

  /// Steps at which the new task was evaluated; the model that tuning starts from is no checkpoint.
  var evaluatedSteps: [Int] {
    let steps = new[0].course.steps
    return steps.first.map { $0 <= 0 } == true ? Array(steps.dropFirst()) : steps
  }

  func candidate(_ checkpoint: SavedCheckpoint, isSaved: Bool) -> CheckpointAdvice.Candidate {
    let new = new.map { $0.value(near: checkpoint.step) }
    let old = retention.map { $0.value(near: checkpoint.step) }
    let isWithin = zip(old, retention).allSatisfy { $0.value.gain >= -$1.limit - 1e-9 }
    let (newError, oldError) = (Self.errorOfMean(new.map(\.error)), Self.errorOfMean(old.map(\.error)))
    var candidate = CheckpointAdvice.Candidate(
      checkpoint: checkpoint, isSaved: isSaved, new: new.map(\.value), retention: old.map(\.value),
      isWithinBudget: isWithin, cost: 0, costError: (newError * newError + oldError * oldError).squareRoot(),
      newError: newError)
    candidate.cost = candidate.lacks + candidate.lost
    return candidate
  }

  private static func errorOfMean(_ errors: [Double]) -> Double {
    errors.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(max(1, errors.count))
  }
}

extension Budget {
  /// True for a limit of a metric of this name.
  fileprivate func isAbout(_ name: String) -> Bool {
    guard case .metric(let words) = subject else { return false }
    return Budget.words(name).suffix(words.count) == words[...]
  }

  /// How much of the value at the start a metric may lose; `nil` where the budget is about something else.
  fileprivate func loss(allowedFor metric: RetentionMetric, start: Double, sign: Double) -> Double? {
    guard isAbout(metric.name) else { return nil }
    switch limit {
    case .level(let level): return sign * (start - level)
    case .change(let change): return -sign * change
    case .share(let share): return -sign * share * abs(start)
    }
  }
}
