internal import RunLog

/// A finding that a record's switches alone decide.
struct ModeRule: Sendable {
  var code: FindingCode
  var holds: @Sendable (Record) -> Bool
  /// What the finding is about, as far as it is not the run.
  var series: @Sendable (Record) -> String?

  init(
    _ code: FindingCode, series: @escaping @Sendable (Record) -> String? = { _ in nil },
    holds: @escaping @Sendable (Record) -> Bool
  ) {
    self.code = code
    self.series = series
    self.holds = holds
  }

  static let all: [ModeRule] = [
    // A reference that is the policy with its adapters off cannot have a mode of its own.
    ModeRule(.referenceInTrainMode) { $0.modes.reference == .train && !$0.modes.referenceIsAdapterOff },
    ModeRule(.referenceWithGradients) { $0.modes.referenceGradients == true },
    ModeRule(.evaluationInTrainMode) { $0.phase == .eval && $0.modes.policy == .train },
    ModeRule(.evaluationWithGradients) { $0.phase == .eval && $0.modes.policyGradients == true },
  ]
}

/// A finding that the divergence of one step decides.
struct DivergenceRule: Sendable {
  struct Context {
    var point: StepDivergence
    var probe: ProbeKey
    var firstStep: Int
  }

  var code: FindingCode
  /// How often it holds at this step; 0 where it does not.
  var count: @Sendable (Context) -> Int

  static let all: [DivergenceRule] = [
    DivergenceRule(code: .klAtStepZero) { divergesAtStart($0) ? 1 : 0 },
    DivergenceRule(code: .loggedKLDiffers) { loggedDiffers($0.point) ? 1 : 0 },
    DivergenceRule(code: .differentMasks) { $0.point.maskedDifferently },
  ]

  /// Nats above which a model has left its start: far above float32 rounding, far below one optimiser step.
  private static let startTolerance = 1e-4
  /// A logged KL may differ by this fraction of the recomputed one …
  private static let loggedTolerance = 0.01
  /// … or by this many nats, what torch's float32 leaves on a small KL.
  private static let loggedFloor = 2e-5

  /// Before the first update both models are the same. A log that begins later says nothing about the start.
  private static func divergesAtStart(_ context: Context) -> Bool {
    context.point.step == context.firstStep && context.firstStep <= 1 && context.point.policyInEvalMode
      && context.point.policyReference.mean > startTolerance
  }

  private static func loggedDiffers(_ point: StepDivergence) -> Bool {
    guard let logged = point.logged else { return false }
    let computed = point.policyReference.mean
    guard logged.isFinite, computed.isFinite else { return false }
    let apart = abs(logged - computed)
    return apart > loggedTolerance * computed && apart > loggedFloor
  }
}
