internal import RealModule
internal import RunLog
internal import RunModel

/// How sure it is that an accuracy is lower than before tuning.
struct ForgettingTest {
  private enum Evidence {
    /// The very answers that the metric is the mean of: right or wrong by sample, before tuning and at each evaluation.
    case answers(before: [Bool], [[Bool]])
    /// What each sample lost of its share of right tokens since before tuning, at each evaluation.
    case tokens([[Double]])
    /// Shares of so many answers.
    case shares(of: Int)
    /// Values that are shares of so many answers by all their digits, or means over batches of fewer.
    case digits(of: Int)
    /// Standard errors that stand in the log.
    case logged
    /// Nothing but the values, which are shares of so many answers at least, where their digits tell that.
    case values(atLeast: Int?)
  }

  /// Why an evaluation is clearly lower.
  struct Proof {
    /// How many answers it is over, as a sentence says it.
    var count: String
    /// What a sentence calls the test.
    var test: String
    /// One-sided p.
    var probability: Double
  }

  private let course: EvaluationCourse
  private let scatter: EvaluationCourse.Scatter
  private let evidence: Evidence

  /// One-sided p that has to be undercut.
  private static let significance = 0.001
  /// Of more evaluations than this each may be wrong only so much less often, where only the scatter of the values tells:
  /// all of them are compared with one first value.
  private static let freeEvaluations = 20
  /// Where the number of answers is only bounded, or read from the digits, the scatter of so many values …
  private static let fewestToAgree = 6
  /// … has to make a loss so improbable …
  private static let agreement = 0.01
  /// … or is at most so many times the variance of that many answers.
  private static let mostVariance = 4.0
  /// A mean over batches has the digits of more answers than this, mostly.
  private static let mostUnchecked = 1000

  /// The strongest test that a run has the evidence for.
  ///
  /// - Parameter probe: whose samples the metric may be the mean of.
  init(_ course: EvaluationCourse, probe: ProbeKey?, of run: RunModel) {
    self.course = course
    scatter = EvaluationCourse.Scatter(course.values)
    if let samples = probe.flatMap({ run.sampleCourse(of: $0, course) }) {
      evidence =
        samples.isSequences ? .tokens(samples.losses) : .answers(before: samples.before, samples.right)
    } else if let count = probe.flatMap({ run.targets(of: $0, course) }) {
      evidence = .shares(of: count)
    } else if let count = AnswerCount.inferred(from: course.logged, scale: course.scale) {
      evidence = AnswerCount.hasAllDigits(course.logged) ? .digits(of: count) : .shares(of: count)
    } else if course.errors.allSatisfy({ ($0 ?? 0) > 0 }) {
      evidence = .logged
    } else {
      evidence = .values(atLeast: AnswerCount.bound(of: course.logged, scale: course.scale))
    }
  }

  /// How many answers the metric is over, as a sentence says it.
  var count: String {
    switch evidence {
    case .answers(let before, _): "n \(before.count)"
    case .tokens(let losses): "n \(losses.last?.count ?? 0) samples"
    case .shares(let count), .digits(let count): "n \(count)"
    case .logged, .values: Self.unknown
    }
  }

  private static let unknown = "n unknown"

  /// False where a drop that is large enough counts without a test.
  ///
  /// - Parameters: as of `proof`.
  func isDecisive(at index: Int, known: Int, drop: Int) -> Bool {
    switch evidence {
    case .values: false
    case .digits(let count): agrees(count, at: index, known: known, drop: drop) == true
    default: true
    }
  }

  /// Why an evaluation is clearly lower than the first one, when so many evaluations are known; `nil` where it is not.
  ///
  /// - Parameter drop: index of the first of the evaluations in a row up to this one that are lower.
  func proof(at index: Int, known: Int, drop: Int) -> Proof? {
    switch evidence {
    case .answers(let before, let all):
      let pairs = zip(before, all[index])
      return proof(
        "McNemar", Significance.mcnemar(lost: pairs.count { $0 && !$1 }, won: pairs.count { !$0 && $1 }))
    case .tokens(let losses): return proof("paired t", Significance.pairedStudent(losses[index]))
    case .shares(let count): return proof("Fisher", fisher(of: count, at: index))
    case .digits(let count):
      switch agrees(count, at: index, known: known, drop: drop) {
      case true?: return proof("Fisher", fisher(of: count, at: index))
      case false?: return byScatter(at: index, known: known, drop: drop, fewest: Self.fewestToAgree)
      case nil:
        let fewest = AnswerCount.fewest(inBatchesOf: count)
        return proof("Fisher", fisher(of: fewest, at: index), count: "n at least \(fewest)")
      }
    case .logged:
      guard let before = course.errors[0], let after = course.errors[index] else { return nil }
      let error = (before * before + after * after).squareRoot()
      return proof(
        "by the logged standard errors",
        Significance.normal((course.values[0] - course.values[index]) / error))
    case .values(let atLeast):
      return byScatter(at: index, known: known, drop: drop)
        ?? atLeast.flatMap { byBound($0, at: index, known: known, drop: drop) }
    }
  }

  private func proof(
    _ test: String, _ probability: Double, count: String? = nil, limit: Double = Self.significance
  ) -> Proof? {
    probability < limit ? Proof(count: count ?? self.count, test: test, probability: probability) : nil
  }

  private func fisher(of count: Int, at index: Int) -> Double {
    let n = Double(count)
    return Significance.fisher(
      before: Int((course.values[0] * n).rounded()), after: Int((course.values[index] * n).rounded()),
      of: count)
  }

  /// False where the values scatter far more than shares of so many answers do; `nil` while too few values tell it of a
  /// number that may be that of a mean over batches.
  private func agrees(_ count: Int, at index: Int, known: Int, drop: Int) -> Bool? {
    guard count > Self.mostUnchecked else { return true }
    guard let estimate = scatter.estimate(ofFirst: known, across: drop, fewest: Self.fewestToAgree) else {
      return nil
    }
    let share = (course.values[0] + course.values[index]) / 2
    let least = 0.5 / Double(count)
    return estimate.variance <= Self.mostVariance * max(share * (1 - share), least) / Double(count)
  }

  private func byScatter(
    at index: Int, known: Int, drop: Int, fewest: Int = EvaluationCourse.Scatter.fewestValues
  ) -> Proof? {
    guard let estimate = scatter.estimate(ofFirst: known, across: drop, fewest: fewest) else { return nil }
    let limit = Self.significance * min(1, Double(Self.freeEvaluations) / Double(known))
    return proof(
      "by the scatter of the values", student(at: index, estimate), count: Self.unknown, limit: limit)
  }

  /// Of at least so many answers, as far as the scatter of the values does not say otherwise.
  private func byBound(_ count: Int, at index: Int, known: Int, drop: Int) -> Proof? {
    let estimate =
      scatter.estimate(ofFirst: known, across: drop, fewest: Self.fewestToAgree)
      ?? scatter.estimate(ofFirst: known, fewest: Self.fewestToAgree)
    guard let estimate, student(at: index, estimate) < Self.agreement else { return nil }
    return proof("Fisher", fisher(of: count, at: index), count: "n at least \(count)")
  }

  private func student(at index: Int, _ estimate: EvaluationCourse.Scatter.Estimate) -> Double {
    let error = (2 * estimate.variance).squareRoot()
    let drop = course.values[0] - course.values[index]
    if error == 0 { return drop > 0 ? 0 : 1 }
    return Significance.student(drop / error, degrees: estimate.degrees)
  }
}

/// The samples that a metric is the mean of, at each of its evaluations.
private struct SampleCourse {
  /// True where samples are sequences of several tokens.
  var isSequences: Bool
  /// Right or wrong before tuning, and at each evaluation, of samples of one row.
  var before: [Bool] = []
  var right: [[Bool]] = []
  /// Share of right tokens under the reference minus that under the policy, of sequences.
  var losses: [[Double]] = []
}

extension RunModel {
  /// Records of samples that are looked up, at most: beyond that the number of answers is enough.
  private static var mostAnswers: Int { 4_000_000 }
  /// Fewer sequences tell no scatter.
  private static var fewestSequences: Int { 8 }

  /// The samples that a metric is the mean of; `nil` unless value · targets is whole, and as many answers are right, at
  /// every evaluation, on the same samples.
  ///
  /// Where the metric's first value is the reference's, because no evaluation is of the start, so are the first answers.
  fileprivate func sampleCourse(of probe: ProbeKey, _ course: EvaluationCourse) -> SampleCourse? {
    let count = divergences[probe]?.points.last?.samples.count ?? 0
    guard count <= Self.mostAnswers / max(1, course.count) else { return nil }
    let all = course.steps.map { samples(of: probe, atExactly: $0).filter { $0.record.targets > 0 } }
    guard let last = all.last, !last.isEmpty else { return nil }
    let hasStart = !all[0].isEmpty
    for (index, samples) in all.enumerated() where index > 0 || hasStart {
      guard samples.count == last.count, zip(samples, last).allSatisfy({ $0.asksTheSame(as: $1) }) else {
        return nil
      }
      let right = samples.reduce(0.0) { $0 + Double($1.record.correct) }
      let targets = samples.reduce(0.0) { $0 + Double($1.record.targets) }
      guard abs(course.values[index] * targets - right) < 1e-4 * max(1, targets / 1000) else { return nil }
    }
    if last.allSatisfy({ !$0.record.isSequence }) {
      let before =
        hasStart ? all[0].map { $0.record.correct > 0 } : last.map { $0.record.referenceCorrect > 0 }
      return SampleCourse(
        isSequences: false, before: before, right: all.map { $0.map { $0.record.correct > 0 } })
    }
    guard last.count >= Self.fewestSequences else { return nil }
    return SampleCourse(
      isSequences: true,
      losses: all.map { $0.map { $0.record.referenceTokenAccuracy - $0.record.tokenAccuracy } })
  }

  /// How many targets the evaluations of a probe have, if every value is a share of so many.
  fileprivate func targets(of probe: ProbeKey, _ course: EvaluationCourse) -> Int? {
    guard let step = divergences[probe]?.points.last?.step else { return nil }
    let targets = samples(of: probe, atExactly: step).reduce(0) { $0 + Int($1.record.targets) }
    return targets > 0 && AnswerCount.fits(targets, course.logged, scale: course.scale) ? targets : nil
  }
}
