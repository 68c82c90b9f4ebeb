internal import Curves
internal import RealModule
internal import RunModel

/// Whether an accuracy fell since the first evaluation, and how sure that is.
struct ForgettingVerdict {
  var metric: RetentionMetric
  var severity: Finding.Severity
  /// The first of the evaluations in a row that are clearly lower.
  var step: Int
  /// The evaluation at which that was known.
  var knownAt: Int
  /// The first of two evaluations in a row that are not lower any more; `nil` where it did not recover.
  var recoveredAt: Int?
  /// Values between 0 and 1 of the first evaluation, and of the last one that is lower.
  var before: Double
  var after: Double
  /// Number of answers, p where something tells it, and of which test.
  var evidence: String

  /// A smaller drop is no finding.
  static let leastDrop = 0.05
  /// From here on it is an error, and enough by itself where it lasts.
  static let severeDrop = 0.2
  /// Evaluations in a row that are enough without a test.
  private static let severeEvaluations = 5

  /// `nil` where nothing was forgotten, or where the metric is no accuracy of a task that could be.
  ///
  /// - Parameter probe: whose samples the metric may be the mean of.
  init?(_ metric: RetentionMetric, probe: ProbeKey?, of run: RunModel) {
    guard metric.isShareOfAnswers, metric.setKind != .new else { return nil }
    let branch = run.series[metric.id].current
    let extent = branch.extent(of: 0..<branch.count)
    guard branch.count > 2, extent.hasFinite, extent.minimum >= 0, extent.maximum <= 100 else { return nil }
    // Some log percent.
    let scale: Double = extent.maximum > 1 ? 100 : 1
    let start = branch.value(0) / scale
    // Most runs never fall so far, which is known without looking at each point.
    guard !start.isFinite || start - extent.minimum / scale >= Self.leastDrop - Self.rounding else {
      return nil
    }
    let course = EvaluationCourse(metric, of: run, scale: scale)
    guard course.dropsTwice(by: Self.leastDrop - Self.rounding) else { return nil }
    self.init(course, ForgettingTest(course, probe: probe, of: run), metric)
  }

  /// What float64 leaves of a difference of two shares.
  fileprivate static let rounding = 1e-9

  private init?(_ course: EvaluationCourse, _ test: ForgettingTest, _ metric: RetentionMetric) {
    let search = ForgettingSearch(course: course, test: test)
    guard let episode = search.lastEpisode else { return nil }
    self.metric = metric
    severity = episode.isSevere ? .error : .warning
    step = course.steps[episode.first]
    knownAt = course.steps[episode.known]
    recoveredAt = episode.end.map { course.steps[$0] }
    before = course.values[0]
    let last = episode.end.map { $0 - 1 } ?? course.count - 1
    after = course.values[last]
    evidence = search.proof(last, known: course.count).map(Self.text) ?? test.count
  }

  private static func text(_ proof: ForgettingTest.Proof) -> String {
    let probability = proof.probability
    let size = probability < 1e-9 ? "p < 1e-9" : "p \(SentenceNumber.text(oneDigit(probability)))"
    return "\(proof.count), \(proof.test) \(size)"
  }

  private static func oneDigit(_ value: Double) -> Double {
    let exponent = Double.log10(value).rounded(.down)
    return (value / Double.pow(10, exponent)).rounded() * Double.pow(10, exponent)
  }

  /// Goes through the evaluations as they came.
  private struct ForgettingSearch {
    let course: EvaluationCourse
    let test: ForgettingTest
    /// Index of the first of the evaluations in a row up to each one that are lower by the least drop.
    private let dropStarts: [Int]

    struct Episode {
      var first: Int
      var known: Int
      var isSevere: Bool
      var end: Int?
    }

    init(course: EvaluationCourse, test: ForgettingTest) {
      self.course = course
      self.test = test
      var starts = Array(course.values.indices)
      for index in course.values.indices.dropFirst(2)
      where course.drops(index, by: leastDrop) && course.drops(index - 1, by: leastDrop) {
        starts[index] = starts[index - 1]
      }
      dropStarts = starts
    }

    func proof(_ index: Int, known: Int) -> ForgettingTest.Proof? {
      test.proof(at: index, known: known, drop: dropStarts[index])
    }

    private func drops(_ index: Int, by least: Double) -> Bool { course.drops(index, by: least) }

    /// Clearly lower, as far as the first `known` evaluations tell.
    private func isLower(_ index: Int, known: Int) -> Bool {
      drops(index, by: leastDrop) && proof(index, known: known) != nil
    }

    /// Far lower at enough evaluations in a row, where no test can be made.
    private func isFarLower(until index: Int) -> Bool {
      guard index >= severeEvaluations,
        !test.isDecisive(at: index, known: index + 1, drop: dropStarts[index])
      else { return false }
      return (index - severeEvaluations + 1...index).allSatisfy { drops($0, by: severeDrop) }
    }

    /// The last time that the metric fell; `nil` where it never did.
    var lastEpisode: Episode? {
      var last: Episode?
      var index = 2
      while index < course.count {
        if var episode = last, episode.end == nil {
          if drops(index, by: severeDrop), drops(index - 1, by: severeDrop) { episode.isSevere = true }
          if !drops(index, by: leastDrop), !drops(index - 1, by: leastDrop) { episode.end = index - 1 }
          last = episode
        } else {
          last = episode(knownAt: index) ?? last
        }
        index += 1
      }
      return last
    }

    private func episode(knownAt index: Int) -> Episode? {
      let known = index + 1
      if isFarLower(until: index) {
        return Episode(
          first: first(before: index) { drops($0, by: severeDrop) }, known: index, isSevere: true)
      }
      guard isLower(index, known: known), isLower(index - 1, known: known) else { return nil }
      return Episode(
        first: first(before: index) { isLower($0, known: known) }, known: index,
        isSevere: drops(index, by: severeDrop) && drops(index - 1, by: severeDrop))
    }

    /// The first of the evaluations in a row up to `index` of which something holds.
    private func first(before index: Int, where holds: (Int) -> Bool) -> Int {
      var first = index
      while first > 1, holds(first - 1) { first -= 1 }
      return first
    }
  }
}

extension RetentionMetric {
  /// True for a mean of right and wrong answers: accuracies, and exact matches.
  fileprivate var isShareOfAnswers: Bool {
    if kind == .accuracy { return true }
    let words = Set(MetricKey.words(of: name))
    return kind == .score && (words.contains("em") || words.isSuperset(of: ["exact", "match"]))
  }
}

extension EvaluationCourse {
  fileprivate func drops(_ index: Int, by least: Double) -> Bool {
    values[0] - values[index] >= least - ForgettingVerdict.rounding
  }

  /// True where two evaluations in a row are lower than the first one by so much.
  func dropsTwice(by least: Double) -> Bool {
    values.indices.dropFirst(2).contains {
      values[0] - values[$0] >= least && values[0] - values[$0 - 1] >= least
    }
  }
}

extension ForgettingVerdict {
  var conclusion: Conclusion {
    Conclusion(
      code: .forgetting, series: metric.name, step: step, message: message, severity: severity,
      knownAt: knownAt,
      recoveredAt: recoveredAt)
  }

  private var message: String {
    let numbers =
      "\(metric.name) \(Self.share(before)) → \(Self.share(after)) since step \(step) (\(Self.points(after - before)) points, \(evidence))"
    let kind =
      metric.setKind == .unknown
      ? "; nobody says whether this set is retention or new: --retention or --new does" : ""
    if let recoveredAt { return numbers + ", recovered at step \(recoveredAt)" + kind }
    return numbers
      + ": the model forgets; keep an earlier checkpoint, lower the learning rate, mix old data in or add a KL term"
      + kind
  }

  /// `0.548`, `1.000`.
  static func share(_ value: Double) -> String { fixed(value, decimals: 3) }

  /// `−45.2`, `+3.0`.
  static func points(_ change: Double) -> String {
    (change < 0 ? "−" : "+") + fixed(abs(change) * 100, decimals: 1)
  }

  private static func fixed(_ value: Double, decimals: Int) -> String {
    let unit = Double.pow(10, decimals)
    let text = "\(Int((value * unit).rounded()))"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
    return padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}
