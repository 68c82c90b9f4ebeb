internal import RunModel

/// Which step's value stands at a step.
enum StepRule: Hashable, Sendable {
  case same
  /// The value of the evaluation before, or of the next one.
  case late, early
  /// A value stays for some evaluations.
  case stale
  /// The mean of all evaluations so far.
  case runningMean
  /// An exponential moving average.
  case movingAverage(decay: Double, start: Start)

  enum Start: CaseIterable, Sendable {
    /// Begins with the first value, with 0, or with 0 and is divided by 1 − decay^n.
    case first, zero, debiased
  }

  static let decays = [0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999]

  static let all: [StepRule] =
    [.same, .late, .early, .stale, .runningMean]
    + decays.flatMap { decay in Start.allCases.map { .movingAverage(decay: decay, start: $0) } }

  var cost: Double {
    switch self {
    case .same: 0
    case .late, .early, .stale, .runningMean: 1
    case .movingAverage: 1.1
    }
  }

  var part: KLConvention? {
    switch self {
    case .same: nil
    case .late: .oneEvaluationLate
    case .early: .oneEvaluationEarly
    case .stale: .stale
    case .runningMean: .runningMean
    case .movingAverage: .movingAverage
    }
  }

  var detail: String {
    if case .movingAverage(let decay, _) = self { return "decay \(SentenceNumber.text(decay))" }
    return ""
  }

  /// What would stand at each evaluation; `nil` where the rule is no other than `same`, and for a value where it is not
  /// known.
  func values(_ values: [Double?], logged: [Double]) -> [Double?]? {
    guard self == .same || values.count >= 4 else { return self == .same ? values : nil }
    switch self {
    case .same: return values
    case .late: return [nil] + values.dropLast()
    case .early: return values.dropFirst() + [nil]
    case .stale: return Self.stale(values, logged)
    case .runningMean:
      var (sum, count) = (0.0, 0.0)
      return values.map { value in
        guard let value else { return nil }
        sum += value
        count += 1
        return sum / count
      }
    case .movingAverage(let decay, let start):
      // With hardly any decay it is the mean of all so far.
      if start == .debiased, (1 - decay) * Double(values.count) < 0.5 { return nil }
      var (average, weight) = (0.0, 1.0)
      var isFirst = true
      return values.map { value in
        guard let value else { return nil }
        average = isFirst && start == .first ? value : decay * average + (1 - decay) * value
        isFirst = false
        weight *= decay
        return start == .debiased ? average / (1 - weight) : average
      }
    }
  }

  /// A value that was logged again is the one of the evaluation where it was new.
  private static func stale(_ values: [Double?], _ logged: [Double]) -> [Double?]? {
    var result = values
    var repeats = 0
    for index in logged.indices.dropFirst() where logged[index] == logged[index - 1] {
      if values[index] != values[index - 1] { repeats += 1 }
      result[index] = result[index - 1]
    }
    return repeats >= 2 ? result : nil
  }
}
