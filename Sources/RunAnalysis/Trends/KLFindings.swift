internal import Curves
internal import RealModule
internal import RunLog
internal import RunModel

/// What logged KLs, entropies and sampled log-probabilities say by themselves, without logits to check them against.
struct KLFindings {
  var run: RunModel

  /// Points that a level is told from, at most.
  private static let mostPoints = 512

  var all: [Conclusion] {
    start + negativeTokens + negativeSeries + engine + entropy + heavyTails
  }

  private var referenceKLs: [SeriesID] { run.series(role: .kl) + run.series(role: .evaluationKL) }

  private func sample(_ id: SeriesID) -> SeriesSample {
    let branch = run.series[id].current
    return SeriesSample(branch, in: 0..<branch.count, atMost: Self.mostPoints, rows: run.rows)
  }

  // MARK: - A reference that is not the start

  /// Nats that no rounding between two engines leaves.
  private static let leastStart = 0.01
  /// Points behind the first one that it is compared with.
  private static let startPoints = 10

  /// A KL that is far from 0 where the run begins, and hardly grows from there.
  private var start: [Conclusion] {
    guard let firstStep = run.firstStep, firstStep <= 1, run.divergences.isEmpty else { return [] }
    // A policy whose dropout is on is apart from itself.
    guard run.modes.change(phase: .train, at: .max)?.modes.policy != .train else { return [] }
    return run.series(role: .kl).compactMap { id in
      let (name, branch) = (run.series[id].name, run.series[id].current)
      guard branch.count > Self.startPoints, branch.step(0, rows: run.rows) == firstStep else { return nil }
      let first = branch.value(0)
      let next = Level.median((1...Self.startPoints).map { branch.value($0) })
      guard first >= Self.leastStart, next.isFinite, first >= next / 2 else { return nil }
      return Conclusion(
        code: .klNotZeroAtStart, series: name, step: firstStep,
        message:
          "\(name) is \(SentenceNumber.text(first)) nats where the run begins and hardly grows from there: the reference is not the model that tuning started from (after SFT with an adapter the reference is the SFT model, not its base: merge the adapter or load it as the reference), or dropout is on"
      )
    }
  }

  // MARK: - Means below 0

  /// Nats below 0 that a mean k1 may have.
  private static let leastNegative = 0.01
  private static let negativeEvidence = 6.0
  private static let negativeSteps = 2

  /// k1 of tokens that the policy sampled is above 0 in the mean.
  private var negativeTokens: [Conclusion] {
    run.estimates.values.sorted { $0.probe < $1.probe }.compactMap { track in
      let low = track.points.filter { point in
        // Tokens that say that they come from another model have a finding of their own.
        guard let tokens = point.tokens, TokenOrigin(tokens.sampledFrom) == .policy else { return false }
        guard let error = tokens.k1.standardError else { return false }
        return tokens.k1.mean < -max(Self.leastNegative, Self.negativeEvidence * error)
      }
      guard low.count >= Self.negativeSteps, let first = low.first, let last = low.last?.tokens?.k1.mean
      else { return nil }
      return negative(track.probe.label, step: first.step, mean: last)
    }
  }

  /// The same of a KL that is only logged.
  private var negativeSeries: [Conclusion] {
    referenceKLs.compactMap { id in
      let branch = run.series[id].current
      guard branch.count >= Level.fewestPoints, branch.extent(of: 0..<branch.count).minimum < 0 else {
        return nil
      }
      let values = sample(id).values.filter(\.isFinite)
      guard values.count >= Level.fewestPoints else { return nil }
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      guard mean < -Self.leastNegative, mean < -Self.negativeEvidence * (variance / count).squareRoot() else {
        return nil
      }
      let first = (0..<branch.count).first { branch.value($0) < 0 } ?? 0
      return negative(run.series[id].name, step: branch.step(first, rows: run.rows), mean: mean)
    }
  }

  private func negative(_ name: String, step: Int, mean: Double) -> Conclusion {
    Conclusion(
      code: .negativeKL, series: name, step: step,
      message:
        "the mean log-ratio k1 of \(name) is \(SentenceNumber.text(mean)), far below 0 since step \(step): a KL is not, so the tokens are not the policy's (sampled from the reference or another policy, or a data set's); use fresh samples of the policy, or k3 and mind its tail"
    )
  }

  // MARK: - Levels that move away from their beginning

  private static let engineTimes = 3.0
  /// Nats between trainer and inference engine that nobody minds.
  private static let engineFloor = 0.005

  private var engine: [Conclusion] {
    moved(
      engineSeries, .engineMismatch, "rose",
      "inference engine and trainer no longer agree on the same weights; look at stale weights, precision and kernels, or correct by importance sampling"
    ) { level, value in value > max(Self.engineTimes * level.early, Self.engineFloor) }
  }

  /// Series that left the level of their beginning and stay away from it.
  private func moved(
    _ series: [SeriesID], _ code: FindingCode, _ verb: String, _ advice: String,
    where isAway: (Level, Double) -> Bool
  ) -> [Conclusion] {
    series.compactMap { id in
      guard let level = Level(sample(id)), let step = level.firstStep(where: { isAway(level, $0) }) else {
        return nil
      }
      let name = run.series[id].name
      return Conclusion(
        code: code, series: name, step: step,
        message:
          "\(name) \(verb) from \(SentenceNumber.text(level.early)) to \(SentenceNumber.text(level.late)) since step \(step): \(advice)"
      )
    }
  }

  /// KLs between trainer and inference engine, and what TRL logs in their place: the mean difference of log-probabilities.
  private var engineSeries: [SeriesID] {
    let kls = run.klFamilies.filter { $0.family == .inferenceEngine }.flatMap(\.series)
    let others = run.series.indices.filter { id in
      let words = Set(MetricKey.words(of: run.series[id].name))
      return words.isSuperset(of: ["logp", "difference"]) && !words.contains("max") && !words.contains("min")
        || words.isSuperset(of: ["mismatch", "kl"])
    }
    return kls + others.filter { !kls.contains($0) && run.series[$0].count > 0 }
  }

  private static let entropyShare = 0.1

  private var entropy: [Conclusion] {
    let entropies = run.series.indices.filter { id in
      let words = MetricKey.words(of: run.series[id].name)
      return words.last == "entropy" && run.series[id].count >= Level.fewestPoints
    }
    return moved(
      entropies, .entropyCollapse, "fell",
      "the policy answers nearly always the same; raise the temperature, add an entropy or KL term, or stop earlier"
    ) { level, value in level.early > 0 && value < Self.entropyShare * level.early }
  }

  // MARK: - Heavy tails

  private static let tailTimes = 5.0
  private static let tailSteps = 3
  /// Nats of k3 below which nobody minds.
  private static let tailFloor = 0.05

  /// k1 and k3 estimate the same: where k3 is far above, few tokens with a huge ratio make it.
  private var heavyTails: [Conclusion] {
    run.estimates.values.sorted { $0.probe < $1.probe }.compactMap { track in
      let heavy = track.points.filter { point in
        guard let tokens = point.tokens, tokens.tokens > 1 else { return false }
        return tokens.k3.mean > Self.tailFloor && tokens.k3.mean > Self.tailTimes * abs(tokens.k1.mean)
      }
      guard heavy.count >= Self.tailSteps, let first = heavy.first, let last = heavy.last?.tokens else {
        return nil
      }
      return Conclusion(
        code: .heavyTailedK3, series: track.probe.label, step: first.step,
        message:
          "k3 of \(track.probe.label) is \(SentenceNumber.text(last.k3.mean)) where k1 is \(SentenceNumber.text(last.k1.mean)): a few tokens that the policy hardly gives any more make most of it; clip the log-ratio or use k1, and look at the worst tokens"
      )
    }
  }
}

/// The level of a curve at its beginning and at its end.
private struct Level {
  /// Medians of the first and the last points.
  let early: Double
  let late: Double
  private let sample: SeriesSample

  static let fewestPoints = 20
  /// The beginning and the end are so many points, or this share of them.
  private static let ends = 5
  private static let share = 10

  /// `nil` for too few points.
  init?(_ sample: SeriesSample) {
    guard sample.values.count >= Self.fewestPoints else { return nil }
    let count = max(Self.ends, sample.values.count / Self.share)
    early = Self.median(sample.values.prefix(count))
    late = Self.median(sample.values.suffix(count))
    guard early.isFinite, late.isFinite else { return nil }
    self.sample = sample
  }

  /// The first step from which on something holds to the end, at enough points in a row; `nil` where it does not hold
  /// at the end.
  func firstStep(where holds: (Double) -> Bool) -> Int? {
    let start = sample.values.lastIndex { !holds($0) }.map { $0 + 1 } ?? 0
    return sample.values.count - start >= Self.ends ? sample.steps[start] : nil
  }

  static func median(_ values: some Collection<Double>) -> Double {
    let sorted = values.filter { !$0.isNaN }.sorted()
    return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
  }
}
