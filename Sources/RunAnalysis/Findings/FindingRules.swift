internal import Divergence
internal import RunLog
internal import RunModel

/// What one kind of finding is: how bad it is, what it means, and when a run has it.
///
/// Adding a finding takes its code here and its sentence beside it; the table of the documentation is made from this one.
struct FindingRule: Sendable {
  let code: FindingCode
  let severity: Finding.Severity
  /// What is wrong, as the documentation says it.
  let meaning: String
  /// Every finding of the kind; counts only steps up to the context's.
  let find: @Sendable (FindingContext) -> [Finding]
}

/// What rules look at.
struct FindingContext {
  let run: RunModel
  /// The last step that counts.
  let step: Int
  /// What happened up to that step.
  let occurrences: [Occurrence]
  /// What was concluded from the whole course.
  let conclusions: [Conclusion]
}

/// A sentence about a run's course, said anew whenever more of the run is known.
struct Conclusion: Sendable {
  var code: FindingCode
  package var series: String?
  /// The first step it holds at.
  var step: Int
  var message: String
  /// How bad it is, where the code has several degrees.
  var severity: Finding.Severity?
  /// The step at which it was known; `nil` for the first one.
  var knownAt: Int?
  /// The step from which on it holds no more.
  var recoveredAt: Int?
  /// The step from which on another finding says more; `nil` where none does.
  var supersededAt: Int?

  /// True where it is said at a step.
  func isSaid(at step: Int) -> Bool {
    knownAt ?? self.step <= step && supersededAt.map { $0 > step } ?? true
  }
}

extension FindingRule {
  /// One rule for each code, causes before what follows from them.
  static let all: [FindingRule] = [
    concluded(
      .negativeKLSign, .error, "the total loss has the KL with a minus sign: minimising it rewards drift"),
    occurred(.nonfiniteLoss, .error, "a loss is NaN or infinite", .nonfiniteLoss),
    occurred(.nonfiniteKL, .error, "a logged KL is NaN or infinite", .nonfiniteKL),
    concluded(
      .forgetting, .warning,
      "an accuracy of a retention set (or of a set that nobody names) fell by 5 points or more since the first evaluation, at two evaluations in a row and with p < 0.001; an error from 20 points on"
    ),
    measured(
      .differentMasks, .error, "an entry is at −∞ in one model only: the divergence is infinite",
      .differentMasks),
    measured(
      .nonfiniteDivergence, .error, "rows of logits whose divergence is NaN or infinite",
      .nonfinite),
    occurred(
      .referenceInTrainMode, .warning, "the reference drops units and normalises by the batch",
      .referenceInTrainMode),
    concluded(
      .referenceDrifts, .warning, "the logits of the reference change on the same inputs"),
    occurred(
      .evaluationInTrainMode, .warning, "an evaluation ran with the policy in train mode",
      .evaluationInTrainMode),
    occurred(
      .trainingInEvalMode, .warning,
      "training rows report eval mode, or `eval_` metrics: the model was left in eval mode, so its dropout is off",
      .trainingInEvalMode),
    occurred(
      .trainingWithoutGradients, .warning, "training rows were computed without gradients",
      .trainingWithoutGradients),
    FindingRule(
      code: .klAtStepZero, severity: .warning,
      meaning:
        "the models differ by more than 1e-4 nats at the first step, measured in eval mode: the reference is not where tuning began",
      find: { start($0) }),
    concluded(
      .klNotZeroAtStart, .warning,
      "a KL that is only logged is far from 0 where the run begins and hardly grows: the reference is not the start"
    ),
    concluded(
      .negativeKL, .warning, "a mean log-ratio k1 is far below 0: the tokens are not the policy's"),
    concluded(
      .loggedKLConvention, .warning,
      "the logged KL is another quantity, and which one: arguments swapped, `mean` for `batchmean`, …"),
    concluded(
      .loggedKLDiffers, .warning,
      "the logged KL is not what the logits of the same rows give, and none of the known conventions explains it"
    ),
    concluded(.objectiveDiffers, .warning, "the losses follow another λ than the log says"),
    concluded(
      .budgetSpent, .warning,
      "a curve went beyond a limit given with `--budget`; first step, and whether it is back within it"),
    concluded(
      .budgetUnknown, .warning,
      "a budget is about a metric that the run does not have although it has been evaluated; of the settings only a note"
    ),
    concluded(
      .divergenceRisesAtFlatLoss, .warning,
      "over the last eight evaluations D(policy‖reference) clearly rises while the fine-tune loss does not change"
    ),
    concluded(
      .engineMismatch, .warning,
      "the KL between trainer and inference engine is three times its own early median to the end"),
    occurred(
      .tokensNotFromPolicy, .warning,
      "sampled tokens came from another model, so k1 estimates something else", .tokensNotFromPolicy),
    occurred(
      .unusableDistribution, .warning,
      "logits or log-probabilities of a record or file had the wrong shape or no numbers",
      .unusableDistribution),
    FindingRule(
      code: .twoWriters, severity: .warning,
      meaning: "two programs write the same keys into one log, and nothing tells them apart",
      find: { twoWriters($0) }),
    FindingRule(
      code: .stalled, severity: .warning,
      meaning:
        "nothing was written for 5 times the median gap between records and twice the longest, at least 60 s, or for `--stall`; while a run is followed, or with `--stall`",
      // Time passes without records: whoever watches the clock finds it.
      find: { _ in [] }),
    occurred(
      .referenceWithGradients, .note, "memory and time spent on gradients of the reference",
      .referenceWithGradients),
    occurred(
      .evaluationWithGradients, .note, "memory and time spent on gradients of an evaluation",
      .evaluationWithGradients),
    occurred(
      .checkpointUnknown, .warning, "benchmark scores that name no checkpoint stand at the first step",
      .checkpointUnknown),
    occurred(
      .logitsWithoutReference, .note,
      "logits of the policy, and never any of the reference to compare with", .logitsWithoutReference),
    concluded(
      .entropyCollapse, .note,
      "an entropy of the policy fell below a tenth of its own early median to the end"),
    concluded(
      .heavyTailedK3, .note, "k3 of sampled tokens is five times k1 or more: a few tokens make most of it"),
    concluded(
      .retentionAtRisk, .note,
      "the share of a retention set's samples that are lost, or whose right answer has a margin below 2 nats, grew by 10 points or more since the start at two evaluations in a row; no longer said once the set's accuracy is found to be forgotten"
    ),
    concluded(
      .retentionLossRises, .note,
      "a loss (or perplexity) of a retention set without an accuracy rose by 0.1 nats, 5 % and four standard deviations or more at three evaluations in a row"
    ),
    concluded(.changePoint, .note, "a loss or divergence jumps and stays there; step and size"),
  ]

  private static func twoWriters(_ context: FindingContext) -> [Finding] {
    context.run.stepNotes.filter { $0.kind == .twoWriters }.prefix(1).map { note in
      Finding(
        severity: .warning, code: .twoWriters, step: context.run.firstStep ?? 0, count: 1,
        message: note.message)
    }
  }

  /// A finding for every occurrence of a kind.
  private static func occurred(
    _ code: FindingCode, _ severity: Finding.Severity, _ meaning: String, _ kind: Occurrence.Kind
  ) -> FindingRule {
    FindingRule(code: code, severity: severity, meaning: meaning) { context in
      context.occurrences.filter { $0.kind == kind }.map { finding(code, severity, of: $0) }
    }
  }

  private static func finding(
    _ code: FindingCode, _ severity: Finding.Severity, of occurrence: Occurrence
  ) -> Finding {
    Finding(
      severity: severity, code: code, series: occurrence.series, step: occurrence.steps.lowerBound,
      count: occurrence.count,
      message: code.message(
        series: occurrence.series, steps: occurrence.steps,
        evidence: FindingEvidence(
          value: occurrence.evidence.value, reason: occurrence.evidence.reason,
          leftOut: occurrence.evidence.leftOut)))
  }

  /// What the audit, the trends or the budgets conclude.
  private static func concluded(
    _ code: FindingCode, _ severity: Finding.Severity, _ meaning: String
  ) -> FindingRule {
    FindingRule(code: code, severity: severity, meaning: meaning) { context in
      context.conclusions.filter { $0.code == code && $0.isSaid(at: context.step) }.map {
        Finding(
          severity: $0.severity ?? severity, code: code, series: $0.series, step: $0.step, count: 1,
          message: $0.message, recoveredAt: $0.recoveredAt)
      }
    }
  }
}

// MARK: - What the divergence of single steps says

extension FindingRule {
  /// A finding for each probe with steps that have a fault, counted by how often.
  private static func measured(
    _ code: FindingCode, _ severity: Finding.Severity, _ meaning: String, _ fault: PointFault
  ) -> FindingRule {
    FindingRule(code: code, severity: severity, meaning: meaning) { context in
      context.run.divergences.values.compactMap { track in
        guard let found = track.found(fault, through: context.step),
          let first = track.point(at: found.steps.lowerBound)
        else { return nil }
        return finding(
          code, severity, of: track.probe, first: first, steps: found.steps, count: found.count,
          reason: fault == .nonfinite ? first.nonfinite.text : "")
      }
    }
  }

  private static func finding(
    _ code: FindingCode, _ severity: Finding.Severity, of probe: ProbeKey, first: StepDivergence,
    steps: ClosedRange<Int>, count: Int, reason: String
  ) -> Finding {
    Finding(
      severity: severity, code: code, series: probe.label, step: first.step, count: count,
      message: code.message(
        series: probe.label, steps: steps,
        evidence: FindingEvidence(
          value: first.policyReference.mean, reason: reason)))
  }

  /// Models that are apart before the first update, by their logits or by a KL that was only logged.
  private static func start(_ context: FindingContext) -> [Finding] {
    let measured = context.run.divergences.values.compactMap { track in
      brokenStart(of: track, context).map { (words: MetricKey.words(of: track.probe.set ?? ""), finding: $0) }
    }
    // What the logits of a set say, its logged KL need not say again.
    let sets = Set(measured.map { $0.words })
    let logged = context.occurrences.filter {
      $0.kind == .apartAtFirstStep && $0.steps.lowerBound == context.run.firstStep
        && !sets.contains($0.series.map { MetricKey($0).setWords } ?? [])
    }
    return logged.map { finding(.klAtStepZero, .warning, of: $0) } + measured.map { $0.finding }
  }

  private static func brokenStart(of track: DivergenceTrack, _ context: FindingContext) -> Finding? {
    guard let firstStep = context.run.firstStep ?? track.points.first?.step, firstStep <= context.step,
      let point = track.point(at: firstStep),
      StartRule.isBroken(by: point.policyReference.mean, at: point.step, firstStep: firstStep)
    else { return nil }
    // An evaluation of which the log does not say how the policy was switched.
    let isUnknown =
      track.probe.phase == .eval
      && context.run.modes.change(phase: .eval, at: point.step)?.modes.policy == nil
    guard point.policyInEvalMode || isUnknown else { return nil }
    return finding(
      .klAtStepZero, .warning, of: track.probe, first: point, steps: point.step...point.step, count: 1,
      reason: isUnknown ? StartRule.unknownMode : "")
  }
}
