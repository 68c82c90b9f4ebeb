internal import CellCanvas
internal import RunAnalysis
internal import RunModel

/// Retention metrics in words and numbers.
struct RetentionText {
  var glyphs: GlyphSet

  /// A change of a metric: percentage points of a fraction, nats of a loss.
  ///
  /// - Parameters:
  ///   - isFraction: the metric lies between 0 and 1.
  ///   - isShort: units in few columns.
  func change(
    _ value: Double, kind: RetentionMetric.Kind, isFraction: Bool, isShort: Bool = false
  ) -> String {
    let unit = Self.unit(kind, isFraction: isFraction, isShort: isShort)
    let number = ValueText.signed(
      isFraction ? value * 100 : value, decimals: isFraction ? 1 : 3, glyphs: glyphs)
    return number + (unit.isEmpty ? "" : " " + unit)
  }

  /// `points`, `nats`, or nothing.
  static func unit(_ kind: RetentionMetric.Kind, isFraction: Bool, isShort: Bool = false) -> String {
    if isFraction { return isShort ? "pt" : "points" }
    return kind == .loss ? "nats" : ""
  }

  /// The name of the axis; what the metric is called without it.
  static func word(_ kind: RetentionMetric.Kind) -> String {
    switch kind {
    case .accuracy: "accuracy"
    case .score: "score"
    case .loss: "loss"
    case .perplexity: "perplexity"
    }
  }

  static func label(_ metric: RetentionMetric) -> String { MetricLabel.retention(metric.name) }

  /// Better or worse than at the start.
  static func role(_ standing: RetentionStanding) -> StyleRole {
    standing.change == 0 ? .text : standing.isWorse ? .error : .good
  }
}

extension RunModel {
  /// The metrics that the overview has room for: accuracies and scores, those of old tasks first; losses of old tasks
  /// where nothing else tells of them, and other losses where there is nothing at all.
  var overviewMetrics: [RetentionMetric] {
    let all = retentionMetrics
    let high = all.filter(\.kind.isHigherBetter)
    let low = all.filter { !$0.kind.isHigherBetter }
    let old = high.filter(\.isOld)
    let shown = (old.isEmpty ? low.filter(\.isOld) : []) + old + high.filter { !$0.isOld }
    return shown.isEmpty ? low : shown
  }
}

/// Short names for keys of a log.
enum MetricLabel {
  /// The words of a key: `eval/old_acc` is eval, old, acc.
  static func words(_ key: String) -> [String] {
    key.split { $0 == "/" || $0 == "_" || $0 == "-" || $0 == "." }.map(String.init)
  }

  /// What a loss is of: `total_loss` → `total`, `eval/old/loss` → `eval old`, `loss` → `fine-tune`.
  static func loss(_ key: String) -> String {
    let kept = words(key.hasSuffix(",none") ? String(key.dropLast(5)) : key).filter {
      $0.lowercased() != "loss"
    }
    // However a trainer spells an evaluation, its curve is called the same in every run.
    let named = kept.map { KeyName.isEvaluation($0.lowercased()) ? "eval" : $0 }
    return named.isEmpty ? "fine-tune" : named.joined(separator: " ")
  }

  /// What an evaluation measures: `eval/old/accuracy`, `eval/old_acc` → `old accuracy`, `arc_easy/acc,none` →
  /// `arc easy accuracy`.
  static func retention(_ key: String) -> String {
    let kept = words(key).filter { !KeyName.isPhase($0.lowercased()) }
    return kept.map { $0 == "acc" ? "accuracy" : $0 }.joined(separator: " ")
  }

  /// A label without a word that is said elsewhere; that word alone stays.
  static func without(_ word: String, _ label: String) -> String {
    let kept = label.split(separator: " ").filter { $0 != word }
    return kept.isEmpty ? label : kept.joined(separator: " ")
  }
}
