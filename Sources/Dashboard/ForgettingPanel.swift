internal import CellCanvas
internal import RunModel

/// What the model could do before and can do now: retention metrics against their first value.
enum ForgettingPanel {
  static func draw(_ state: DashboardState, in rect: CellRect, of grid: inout CellGrid, context: DrawContext) {
    let metrics = RetentionMetric.all(in: state.shown).prefix(mostCurves)
    let curves = metrics.enumerated().map { index, metric in
      var curve = ChartCurve(series: metric.id, of: state, label: metric.label, index: index, context: context)
      curve.legend = legend(metric, mark: curve.mark, style: curve.style, state: state, context: context)
      return curve
    }
    let content = ChartContent(
      axis: FlexibleText([[TextRun("since the first evaluation", .faint)], []]), curves: curves,
      emptyMessage: ["no old-task metric in this log", "log eval/old/accuracy to see", "what is forgotten"])
    ChartPanel.draw(.forgetting, content, state, in: rect, of: &grid, context: context)
  }

  private static let mostCurves = 4

  /// `old accuracy 0.98 → 0.71  −27.3 points`.
  private static func legend(
    _ metric: RetentionMetric, mark: Character, style: Style, state: DashboardState, context: DrawContext
  ) -> FlexibleText {
    let marks = context.glyphs.marks
    let branch = state.shown.series[metric.id].current
    let plain = ChartCurve.legend(
      mark: mark, label: metric.label, value: branch.lastValue(at: state.step, rows: state.shown.rows), style: style)
    guard branch.count > 0, let now = branch.lastValue(at: state.step, rows: state.shown.rows) else { return plain }
    let first = branch.value(0)
    let change = metric.changeText(from: first, to: now, minus: marks.minus)
    let role: StyleRole = metric.isWorse(now, than: first) ? .error : .good
    let sign = TextRun("\(mark) ", style)
    let values = "\(NumberText.short(first)) \(marks.right) "
    let last = TextRun(NumberText.short(now), Style(style.role, bold: true))
    let name = Printable.text(metric.label, glyphs: context.glyphs)
    return FlexibleText([
      [sign, TextRun(name + " " + values), last, TextRun("  " + change.full, role)],
      [sign, TextRun(name + " "), last, TextRun(" " + change.short, role)],
      [sign, last, TextRun(" " + change.short, role)],
      [],
    ])
  }
}

/// A metric that tells what the model still can do.
struct RetentionMetric {
  enum Kind {
    /// A fraction that should stay high.
    case accuracy
    /// A loss that should stay low.
    case loss
  }

  var id: SeriesID
  var kind: Kind
  var label: String

  /// Metrics of old tasks first, then the rest; losses of old tasks only where there is no accuracy.
  static func all(in run: RunModel) -> [RetentionMetric] {
    let accuracies = run.series(role: .accuracy).map { RetentionMetric($0, .accuracy, in: run) }
    let old = accuracies.filter(\.isOld)
    let losses = run.series(role: .evaluationLoss).map { RetentionMetric($0, .loss, in: run) }.filter(\.isOld)
    return (old.isEmpty ? losses : []) + old + accuracies.filter { !$0.isOld }
  }

  private init(_ id: SeriesID, _ kind: Kind, in run: RunModel) {
    self.id = id
    self.kind = kind
    let name = run.series[id].name
    isOld = MetricLabel.words(name.lowercased()).contains { Self.oldWords.contains($0) }
    label = MetricLabel.retention(name)
  }

  /// True for a task the model could do before it was tuned.
  private(set) var isOld: Bool

  private static let oldWords: Set<String> = ["old", "retention", "retain", "base", "previous", "pretrain", "source"]

  func isWorse(_ now: Double, than first: Double) -> Bool { kind == .accuracy ? now < first : now > first }

  /// In percentage points for an accuracy given as a fraction, else as a difference.
  func changeText(from first: Double, to now: Double, minus: String) -> (full: String, short: String) {
    let isFraction = kind == .accuracy && (0...1).contains(first) && (0...1).contains(now)
    let change = NumberText.signed(isFraction ? (now - first) * 100 : now - first, decimals: isFraction ? 1 : 3)
      .replacing("-", with: minus)
    return isFraction ? (change + " points", change + " pt") : (change, change)
  }
}
