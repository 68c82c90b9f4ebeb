internal import Divergence
internal import RunModel

extension RunSummary.DivergenceEntry {
  /// Estimates from sampled tokens, nats.
  package struct Estimators: Sendable, Encodable {
    package var k1: Estimate
    package var k2: Estimate
    package var k3: Estimate
    package var tokens: Int
    /// Sequences they are of: what standard errors by sample rest on.
    package var samples: Int
    @OrNull package var sampledFrom: String?
  }

  package struct Estimate: Sendable, Encodable {
    package var mean: Double
    /// As if tokens of one sample were independent, which they are not.
    @OrNull package var standardError: Double?
    /// Clustered by sample; null for a single one.
    @OrNull package var standardErrorBySample: Double?

    init(_ moments: RunningMoments, bySample error: Double?) {
      mean = moments.mean
      standardError = moments.standardError
      standardErrorBySample = error
    }
  }

  /// Lower bound of D(policy‖reference) from top-k lists, nats.
  package struct LowerBound: Sendable, Encodable {
    package var mean: Double
    package var rows: Int
  }

  /// Adds what estimates say about the same step, phase and set.
  mutating func add(_ estimates: StepEstimates) {
    logged = logged ?? estimates.logged
    estimators = estimates.tokens.map { tokens in
      Estimators(
        k1: Estimate(tokens.k1, bySample: tokens.sums.clusteredError(.k1)),
        k2: Estimate(tokens.k2, bySample: tokens.sums.clusteredError(.k2)),
        k3: Estimate(tokens.k3, bySample: tokens.sums.clusteredError(.k3)), tokens: tokens.tokens,
        samples: tokens.sums.sequences, sampledFrom: tokens.sampledFrom)
    }
    lowerBound = estimates.bounds.map { LowerBound(mean: $0.policyReference.mean, rows: $0.rows) }
  }
}

extension RunModel {
  /// One entry for each step, phase and set that has logits, sampled tokens or top-k lists of both models.
  var divergenceEntries: [RunSummary.DivergenceEntry] {
    let probes = Set(divergences.keys).union(estimates.keys)
    return probes.flatMap { divergenceEntries(of: $0) }
      .sorted { ($0.step, $0.phase, $0.set ?? "") < ($1.step, $1.phase, $1.set ?? "") }
  }

  private func divergenceEntries(of probe: ProbeKey) -> [RunSummary.DivergenceEntry] {
    var entries = Dictionary(
      // Where a mask leaves no row, nothing was measured.
      (divergences[probe]?.points ?? []).filter { $0.rows > 0 }.map {
        ($0.step, RunSummary.DivergenceEntry($0, probe: probe))
      },
      uniquingKeysWith: { $1 })
    for point in estimates[probe]?.points ?? [] {
      entries[point.step, default: RunSummary.DivergenceEntry(step: point.step, probe: probe)].add(point)
    }
    return Array(entries.values)
  }
}
