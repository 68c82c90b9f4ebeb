internal import RunLog
internal import RunModel

/// How the models stood while a KL was measured: what makes a KL wrong although its formula is right.
struct AuditCircumstances {
  /// Policy in train mode in an evaluation, where that changed what it computes.
  private let policyTrains: Bool
  /// Reference in train mode, where nothing shows that this changed nothing.
  private let referenceTrains: Bool
  /// What the log has where its logits say that both models are the same; `nil` where that is next to nothing.
  let startAtEqualModels: (step: Int, logged: Double)?
  /// Mean D(first‖now) of the reference over the steps where it moved, nats; `nil` where it did not.
  let shift: ReferenceDrift?

  /// Equal models, nats a row.
  private static let equal = 1e-6
  /// A KL of equal models that no rounding leaves, nats a row.
  private static let noise = 1e-3

  init(_ observations: [AuditObservation]) {
    let start = observations.min { $0.step < $1.step }
    let startsEqual = start?.step ?? .max <= 1 && abs(start?.logged ?? .infinity) <= Self.equal
    // A model without dropout and batch statistics computes the same in both modes.
    policyTrains = !startsEqual && observations.mostly { $0.isEvaluation && $0.modes.policy == .train }
    startAtEqualModels = observations.first { observation in
      observation.sums.meanPolicyReference.map { abs($0) <= Self.equal } ?? false
        && abs(observation.logged) > Self.noise
    }.map { ($0.step, $0.logged) }
    let drift = ReferenceDrift(
      observations.compactMap { observation in
        observation.shift.map { (observation.step, $0, observation.sums.meanPolicyReference ?? 0) }
      })
    shift = drift.mean == nil ? nil : drift
    referenceTrains =
      !drift.isKnown && !startsEqual
      && observations.mostly { $0.modes.reference == .train && !$0.modes.referenceIsAdapterOff }
  }

  /// What explains a series whose formula is known, or not.
  func verdict(on parts: [KLConvention]?) -> [KLConvention] {
    switch parts {
    case [.policyReferenceBatchmean]?:
      return policyTrains
        ? [.policyInTrainMode]
        : shift != nil || referenceTrains ? [.referenceDrifts] : [.policyReferenceBatchmean]
    case let known?: return known
    // What the records themselves say of the models' modes is a cause; nothing else is known to be one.
    case nil: return policyTrains ? [.policyInTrainMode] : referenceTrains ? [.referenceDrifts] : [.none]
    }
  }
}

/// Whether the reference stays the model it was.
package struct ReferenceDrift {
  /// Mean D(first‖now) over the steps where it moved, nats; `nil` where it did not move.
  let mean: Double?
  /// First step at which it had moved.
  let firstStep: Int?
  /// True where some rows came twice, so that one can tell.
  let isKnown: Bool
  let kind: Kind

  /// How it moves.
  package enum Kind: String, Sendable, Hashable {
    /// It is the policy itself.
    case policy = "is-policy"
    /// It is the policy as it was at the evaluation before.
    case previousPolicy = "previous-policy"
    /// It stays, jumps, and stays again.
    case jumps
    /// It moves from each evaluation to the next.
    case steady
  }

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
    kind = Self.kind(shifts.filter { entry in moved.contains { $0.step == entry.step } }, mean: mean ?? 0)
  }

  /// Nats a row that equal logits leave.
  private static let equal = 1e-6
  /// A step is none where the reference moved by less than this share of its greatest step …
  private static let stillShare = 1e-3
  /// … and a reference that jumps stands still at this share of the evaluations.
  private static let stillEvaluations = 0.25

  private static func kind(
    _ moved: [(step: Int, shift: ReferenceShift, divergence: Double)], mean: Double
  ) -> Kind {
    if moved.allSatisfy({ abs($0.divergence) <= equal }) { return .policy }
    let toPolicy = moved.compactMap(\.shift.meanToLastPolicy)
    if toPolicy.count == moved.count, toPolicy.median ?? mean <= 1e-3 * mean { return .previousPolicy }
    let steps = moved.compactMap(\.shift.meanSinceLast)
    let greatest = steps.max() ?? 0
    let still = steps.count { $0 <= stillShare * greatest }
    return Double(still) >= stillEvaluations * Double(steps.count) && still > 0 ? .jumps : .steady
  }
}

extension [AuditObservation] {
  /// True where it holds for nine in ten.
  fileprivate func mostly(_ holds: (AuditObservation) -> Bool) -> Bool {
    !isEmpty && count(where: holds) * 10 >= count * 9
  }
}
