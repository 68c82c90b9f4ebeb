internal import RunModel

extension SummaryText {
  /// The last estimates and lower bounds of each phase and set: all steps are in the JSON.
  static func estimates(_ run: RunSummary) -> [String] {
    let groups = Dictionary(grouping: run.divergence.filter { $0.estimators != nil || $0.lowerBound != nil })
    {
      [$0.phase, $0.set].compactMap(\.self).joined(separator: " ")
    }
    return groups.sorted { $0.key < $1.key }.flatMap { name, entries in
      [
        entries.last { $0.estimators != nil }.map { text(of: $0, name: name) },
        entries.last { $0.lowerBound != nil }.map { bound(of: $0, name: name) },
      ].compactMap(\.self)
    }
  }

  private static func text(of entry: RunSummary.DivergenceEntry, name: String) -> String {
    guard let estimators = entry.estimators else { return "" }
    let values = [("k1", estimators.k1), ("k2", estimators.k2), ("k3", estimators.k3)].map { name, estimate in
      "\(name) \(number(estimate.mean))"
        + ((estimate.standardErrorBySample ?? estimate.standardError).map { " ± \(number($0))" } ?? "")
    }
    let origin = estimators.sampledFrom.map { " sampled from \($0)" } ?? ""
    let samples = estimators.samples == 1 ? "1 sample" : "\(estimators.samples) samples"
    return "estimates \(name), step \(entry.step): \(values.joined(separator: ", ")) nats "
      + "(\(estimators.tokens) tokens of \(samples)\(origin); ± is one standard error, "
      + "\(estimators.k1.standardErrorBySample == nil ? "as if tokens were independent" : "clustered by sample"); "
      + "\(quality(sampledFrom: estimators.sampledFrom)))"
  }

  /// What the estimators are worth on tokens of an origin.
  private static func quality(sampledFrom origin: String?) -> String {
    switch TokenOrigin(origin) {
    case .policy:
      "k2 is biased, k3 has a heavy tail\(origin == nil ? ", if the policy sampled the tokens at all" : "")"
    case .reference, .other: "of tokens that the policy did not sample none estimates D(policy‖reference)"
    }
  }

  private static func bound(of entry: RunSummary.DivergenceEntry, name: String) -> String {
    let rows = entry.lowerBound?.rows ?? 0
    return
      "lower bound \(name), step \(entry.step): D(policy‖reference) ≥ \(number(entry.lowerBound?.mean)) nats "
      + "(\(rows == 1 ? "1 row" : "\(rows) rows") of top-k lists)"
  }
}
