internal import RunLog
internal import RunModel

/// Samples of a retention set that come near to flipping before they do: an early sign.
struct RetentionRisk {
  /// Growth of the share of samples that are near flipping, from which on it is told …
  private static let leastGrowth = 0.1
  /// … of so many samples more, at least …
  private static let fewestSamples = 2
  /// … at so many evaluations in a row.
  private static let evaluations = 2
  /// What float64 leaves of a difference of two shares.
  private static let rounding = 1e-9

  let conclusion: Conclusion

  /// `nil` where no more samples are near flipping than at the start.
  init?(_ probe: ProbeKey, of run: RunModel) {
    guard probe.phase == .eval, let set = probe.set, run.setKind(ofSet: set) == .retention else { return nil }
    let all = run.nearFlipping(of: probe).filter { $0.targets > 0 }
    guard let start = all.first else { return nil }
    // Other samples under the same set are another question.
    let same = all.filter { $0.targets == start.targets }
    let isGrown = same.map { evaluation in
      let growth = evaluation.near - start.near
      return growth >= Self.fewestSamples
        && Double(growth) >= Self.leastGrowth * Double(start.targets) - Self.rounding
    }
    var first: Int?
    var known: Int?
    var recovered: Int?
    for index in isGrown.indices.dropFirst(Self.evaluations - 1) {
      let recent = isGrown[index - Self.evaluations + 1...index]
      if recent.allSatisfy({ $0 }), first == nil || recovered != nil {
        (first, known, recovered) = (index - Self.evaluations + 1, index, nil)
      } else if first != nil, recovered == nil, recent.allSatisfy({ !$0 }) {
        recovered = index - Self.evaluations + 1
      }
    }
    guard let first, let known else { return nil }
    let last = recovered.map { $0 - 1 } ?? same.count - 1
    let now = same[last]
    let numbers =
      "\(now.near) of \(now.targets) samples of \(set) are lost (\(now.lost)) or near flipping (\(now.near - now.lost), margin below 2 nats), \(start.near) at the start, since step \(same[first].step)"
    conclusion = Conclusion(
      code: .retentionAtRisk, series: probe.label, step: same[first].step,
      message: numbers
        + (recovered.map { ", recovered at step \(same[$0].step)" }
          ?? ": \(now.lost > start.lost ? "some are lost already, and more may be" : "forgetting may follow"); look at those with the least margin, and keep a checkpoint"),
      knownAt: same[known].step, recoveredAt: recovered.map { same[$0].step })
  }
}
