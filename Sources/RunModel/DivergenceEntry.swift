internal import RunLog

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
    package var sameTop1: Double

    private enum CodingKeys: String, CodingKey {
      case step, phase, set, rows, nanRows, logged, policyReference, referencePolicy, entropy
      case sameTop1 = "same_top_1"
    }

    /// Statistics of one direction over the rows, nats.
    package struct Direction: Sendable, Encodable {
      package var mean: Double
      @OrNull package var standardError: Double?
      @OrNull package var standardErrorBySample: Double?
      package var p50: Double
      package var p90: Double
      package var p95: Double
      package var p99: Double
      package var p999: Double
      package var max: Double

      private enum CodingKeys: String, CodingKey {
        case mean, standardError, standardErrorBySample, p50, p90, p95, p99, max
        case p999 = "p99_9"
      }
    }

    package struct Entropy: Sendable, Encodable {
      package var policy: Double
      package var reference: Double
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
