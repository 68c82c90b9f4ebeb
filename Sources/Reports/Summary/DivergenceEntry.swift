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
    package var policyReference: Direction
    package var referencePolicy: Direction
    package var entropy: Entropy
    @OrNull package var sameTop1: Double? = nil
    @OrNull package var estimators: Estimators? = nil
    @OrNull package var lowerBound: LowerBound? = nil

    private enum CodingKeys: String, CodingKey {
      case step, phase, set, rows, nanRows, logged, policyReference, referencePolicy, entropy, estimators,
        lowerBound
      case sameTop1 = "same_top_1"
    }

    /// Statistics of one direction over the rows, nats; all `nil` where the step has no logits of both models.
    package struct Direction: Sendable, Encodable {
      @OrNull package var mean: Double? = nil
      @OrNull package var standardError: Double? = nil
      @OrNull package var standardErrorBySample: Double? = nil
      @OrNull package var p50: Double? = nil
      @OrNull package var p90: Double? = nil
      @OrNull package var p95: Double? = nil
      @OrNull package var p99: Double? = nil
      @OrNull package var p999: Double? = nil
      @OrNull package var max: Double? = nil

      private enum CodingKeys: String, CodingKey {
        case mean, standardError, standardErrorBySample, p50, p90, p95, p99, max
        case p999 = "p99_9"
      }
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
    policyReference = Direction(point.policyReference)
    referencePolicy = Direction(point.referencePolicy)
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
    policyReference = Direction()
    referencePolicy = Direction()
    entropy = Entropy()
  }
}

extension RunSummary.DivergenceEntry.Direction {
  init(_ statistics: DivergenceFigures) {
    mean = statistics.mean
    standardError = statistics.standardError
    standardErrorBySample = statistics.standardErrorBySample
    p50 = statistics.median
    p90 = statistics.p90
    p95 = statistics.p95
    p99 = statistics.p99
    p999 = statistics.p99_9
    max = statistics.maximum
  }
}
