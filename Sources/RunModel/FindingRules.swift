internal import RunLog

/// A finding that a record's switches alone decide.
struct ModeRule: Sendable {
  var code: FindingCode
  var holds: @Sendable (Record) -> Bool

  init(_ code: FindingCode, holds: @escaping @Sendable (Record) -> Bool) {
    self.code = code
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
    DivergenceRule(code: .nonfiniteDivergence) { $0.point.nonfinite.unexplained },
  ]

  /// A logged KL may differ by this fraction of the recomputed one …
  private static let loggedTolerance = 0.01
  /// … or by this many nats, what torch's float32 leaves on a small KL.
  private static let loggedFloor = 2e-5

  private static func divergesAtStart(_ context: Context) -> Bool {
    context.point.policyInEvalMode
      && StartRule.isBroken(
        by: context.point.policyReference.mean, at: context.point.step, firstStep: context.firstStep)
  }

  private static func loggedDiffers(_ point: StepDivergence) -> Bool {
    guard let logged = point.logged, !point.loggedIsTermOfLoss else { return false }
    let computed = point.policyReference.mean
    guard logged.isFinite, computed.isFinite else { return false }
    let apart = abs(logged - computed)
    return apart > loggedTolerance * computed && apart > loggedFloor
  }
}

/// Before the first update policy and reference are the same model.
enum StartRule {
  /// Nats above which a model has left its start: far above float32 rounding, far below one optimiser step.
  private static let tolerance = 1e-4
  /// A log that begins later says nothing about the start.
  private static let lastStart = 1

  /// - Parameter divergence: D(policy‖reference) at `step`, measured with the policy in eval mode, nats.
  static func isBroken(by divergence: Double, at step: Int, firstStep: Int) -> Bool {
    step == firstStep && firstStep <= lastStart && divergence > tolerance
  }
}
