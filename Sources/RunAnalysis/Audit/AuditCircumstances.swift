internal import RunLog
internal import RunModel

/// How the models stood while a KL was measured: what makes a KL wrong although its formula is right.
struct AuditCircumstances {
  /// Policy in train mode in an evaluation, where that changed what it computes.
  private let policyTrains: Bool
  /// Reference in train mode, where nothing shows that this changed nothing.
  private let referenceTrains: Bool
  /// The log has a KL where the logits say that both models are the same.
  private let divergesFromItself: Bool
  /// Mean D(first‖now) of the reference over the steps where it moved, nats; `nil` where it did not.
  let shift: Double?

  /// Equal models, nats a row.
  private static let equal = 1e-6
  /// A KL of equal models that no rounding leaves, nats a row.
  private static let noise = 1e-3

  init(_ observations: [AuditObservation]) {
    let start = observations.min { $0.step < $1.step }
    let startsEqual = start?.step ?? .max <= 1 && abs(start?.logged ?? .infinity) <= Self.equal
    // A model without dropout and batch statistics computes the same in both modes.
    policyTrains = !startsEqual && observations.mostly { $0.isEvaluation && $0.modes.policy == .train }
    // A log that says that the policy was in eval mode contradicts that cause.
    divergesFromItself = observations.contains { observation in
      observation.modes.policy != .eval
        && observation.sums.meanPolicyReference.map { abs($0) <= Self.equal } ?? false
        && observation.logged > Self.noise
    }
    let drift = ReferenceDrift(
      observations.compactMap { observation in
        observation.shift.map { (observation.step, $0, observation.sums.meanPolicyReference ?? 0) }
      })
    shift = drift.mean
    referenceTrains =
      !drift.isKnown && !startsEqual
      && observations.mostly { $0.modes.reference == .train && !$0.modes.referenceIsAdapterOff }
  }

  /// What explains a series whose formula is known, or not.
  func verdict(on convention: KLConvention?) -> KLConvention {
    switch convention {
    case .policyReferenceBatchmean?:
      return policyTrains
        ? .policyInTrainMode : shift != nil || referenceTrains ? .referenceDrifts : .policyReferenceBatchmean
    case let known?: return known
    case nil:
      if policyTrains || divergesFromItself { return .policyInTrainMode }
      return shift != nil || referenceTrains ? .referenceDrifts : .none
    }
  }
}

/// Whether the reference stays the model it was.
struct ReferenceDrift {
  /// Mean D(first‖now) over the steps where it moved, nats; `nil` where it did not move.
  let mean: Double?
  /// First step at which it had moved.
  let firstStep: Int?
  /// True where some rows came twice, so that one can tell.
  let isKnown: Bool

  /// Nats a row that nondeterministic kernels and half precision may leave …
  private static let least = 2e-4
  /// … and what is too small beside the divergence to matter.
  private static let leastShare = 0.002

  /// Comparisons with the first time that tell a drift.
  private static let fewestSteps = 2

  /// - Parameter shifts: step, shift since the first time, and D(policy‖reference) of the same rows, nats.
  init(_ shifts: [(step: Int, shift: ReferenceShift, divergence: Double)]) {
    var all = ReferenceShift()
    for entry in shifts { all.merge(entry.shift) }
    let withUnnamed = all.unnamedAreSame
    let known = shifts.compactMap { entry in
      entry.shift.mean(withUnnamed: withUnnamed).map {
        (step: entry.step, mean: $0, divergence: entry.divergence)
      }
    }
    let moved = known.filter { $0.mean > Self.least && $0.mean > Self.leastShare * $0.divergence }
    isKnown = known.count >= Self.fewestSteps
    // Now and then is no drift: a single record may have had other inputs.
    let isDrift = moved.count >= Self.fewestSteps && moved.count * 2 >= known.count
    mean = isDrift ? moved.reduce(0) { $0 + $1.mean } / Double(moved.count) : nil
    firstStep = isDrift ? moved.map(\.step).min() : nil
  }
}

extension [AuditObservation] {
  /// True where it holds for nine in ten.
  fileprivate func mostly(_ holds: (AuditObservation) -> Bool) -> Bool {
    !isEmpty && count(where: holds) * 10 >= count * 9
  }
}
