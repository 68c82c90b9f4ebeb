internal import RealModule
internal import RunModel

extension CheckpointAdvice {
  /// What to keep and why, in one sentence: "keep checkpoint-60: old 0.919 (−8.1 points), new 0.886; …".
  package var sentence: String {
    let kept = candidates[keep]
    var parts = [
      "keep \(kept.name): \(kept.retention.map(text).joined(separator: ", ")), \(kept.new.map(plain).joined(separator: ", "))"
    ]
    parts += [afterwards(kept), other].compactMap(\.self)
    let sentence = parts.joined(separator: "; ")
    return kept.isSaved ? sentence : sentence + "; nothing was saved there"
  }

  /// What further training bought, and what it cost.
  private func afterwards(_ kept: Candidate) -> String? {
    guard let last = candidates.last, last.checkpoint.step > kept.checkpoint.step else { return nil }
    let (gained, lost) = (kept.lacks - last.lacks, last.lost - kept.lost)
    guard lost > 0 else { return nil }
    let verb = gained < 0 ? "lost" : "gained"
    return
      "after it the new task \(verb) \(amount(abs(gained))) and \(kept.retention.count == 1 ? "the old one" : "the old ones") lost \(amount(lost))"
  }

  /// The other recommendation, where they differ.
  private var other: String? {
    guard let withinBudget else {
      return "none is within \(limitText)"
    }
    if keep != withinBudget { return "\(candidates[withinBudget].name) is the best within \(limitText)" }
    if keep != bestBalance { return "\(candidates[bestBalance].name) is the best balance" }
    return "it is within \(limitText) too"
  }

  private var limitText: String {
    hasOwnLimits ? "the budgets" : amount(Self.defaultLimit(unit))
  }

  /// `old 0.919 (−8.1 points)`.
  private func text(_ value: Value) -> String {
    let change = unit == .share ? value.gain : -value.gain
    return "\(plain(value)) (\(signed(change)))"
  }

  private func plain(_ value: Value) -> String { "\(label(value.metric)) \(number(value.value))" }

  /// The set's own words, else the whole key.
  package func label(_ metric: RetentionMetric) -> String {
    let words = MetricKey(metric.name).setWords
    let isOne =
      (candidates[0].new + candidates[0].retention).count {
        MetricKey($0.metric.name).setWords == words
      } == 1
    return words.isEmpty || !isOne ? metric.name : words.joined(separator: " ")
  }

  /// A value in its unit.
  package func number(_ value: Double) -> String {
    unit == .share ? ForgettingVerdict.share(value) : SentenceNumber.text(value)
  }

  /// A change in its unit, with its sign: points of a share.
  package func change(_ change: Double) -> String {
    unit == .share
      ? ForgettingVerdict.points(change)
      : (change < 0 ? "−" : "+") + SentenceNumber.text(abs(change))
  }

  private func signed(_ change: Double) -> String {
    self.change(change) + (unit == .share ? " points" : " nats")
  }

  private func amount(_ value: Double) -> String {
    unit == .share
      ? "\(SentenceNumber.text((value * 1000).rounded() / 10)) points" : "\(SentenceNumber.text(value)) nats"
  }
}

extension CheckpointAdvice.Candidate {
  /// The last part of its path, else its step.
  package var name: String {
    checkpoint.path.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "step \(checkpoint.step)"
  }
}
