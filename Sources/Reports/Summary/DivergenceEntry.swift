package import Divergence
internal import RunLog
internal import RunModel

extension RunSummary {
  /// The divergence of one step, phase and set.
  package struct DivergenceEntry: Sendable, Encodable {
    package var step: Int
    package var phase: String
    @OrNull package var set: String?
    package var rows: Int
    package var nanRows: Int
    @OrNull package var logged: Double?
    /// Nats; all `null` where the step has no logits of both models.
    package var policyReference: RowStatistics
    package var referencePolicy: RowStatistics
    package var entropy: Entropy
    @OrNull package var sameTop1: Double? = nil
    @OrNull package var estimators: Estimators? = nil
    @OrNull package var lowerBound: LowerBound? = nil

    private enum CodingKeys: String, CodingKey {
      case step, phase, set, rows, nanRows, logged, policyReference, referencePolicy, entropy, estimators,
        lowerBound
      case sameTop1 = "same_top_1"
    }

    package struct Entropy: Sendable, Encodable {
      @OrNull package var policy: Double? = nil
      @OrNull package var reference: Double? = nil
    }
  }
}

extension RunSummary.DivergenceEntry {
  init(_ point: StepDivergence, probe: ProbeKey) {
    step = point.step
    phase = probe.phase.name
    set = probe.set
    rows = point.rows
    nanRows = point.nanRows
    logged = point.logged
    policyReference = point.policyReference
    referencePolicy = point.referencePolicy
    entropy = Entropy(policy: point.policyEntropy, reference: point.referenceEntropy)
    sameTop1 = point.sameTop1
  }

  /// A step without logits: its figures are null.
  init(step: Int, probe: ProbeKey) {
    self.step = step
    phase = probe.phase.name
    set = probe.set
    rows = 0
    nanRows = 0
    policyReference = .none
    referencePolicy = policyReference
    entropy = Entropy()
  }
}
