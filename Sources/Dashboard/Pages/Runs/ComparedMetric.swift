internal import Curves
internal import RunAnalysis
internal import RunModel

/// One number by which runs are compared: the same quantity in every run, whatever its key is called there.
struct ComparedMetric: Sendable, Hashable {
  enum Quantity: Sendable, Hashable {
    /// The first series of a role.
    case role(MetricRole)
    /// Mean divergence of the rows of a probe, nats.
    case divergence(ProbeKey, DivergenceDirection)
    /// The retention metric of a label.
    case retention(String)
  }

  var quantity: Quantity
  var label: String
  /// The end that is told beside the last value.
  var end: ExtentEnd
  /// What that end is called: the best value, or where a divergence was at its highest.
  var endName: String
}

extension ComparedMetric {
  /// What any of the runs has, in an order that does not depend on the order of the runs: losses, divergences of each
  /// probe, KLs as logged where there are none, retention metrics.
  static func all(in runs: [RunModel], direction: DivergenceDirection) -> [ComparedMetric] {
    let losses = [loss(.fineTuneLoss, "fine-tune loss"), loss(.totalLoss, "total loss")]
    let probes = Set(
      runs.flatMap { run in run.divergences.values.filter { !$0.points.isEmpty }.map(\.probe) })
    let divergences = probes.sorted().map { probe in
      ComparedMetric(
        quantity: .divergence(probe, direction), label: "D \(probe.label), nats", end: .highest,
        endName: "peak")
    }
    let logged = [MetricRole.evaluationKL, .kl].map {
      ComparedMetric(
        quantity: .role($0), label: $0 == .kl ? "logged KL" : "logged eval KL", end: .highest, endName: "peak"
      )
    }
    let measures = losses + (divergences.isEmpty ? logged : divergences) + retention(in: runs)
    return measures.filter { measure in runs.contains { measure.points(in: $0) != nil } }
  }

  private static func loss(_ role: MetricRole, _ label: String) -> ComparedMetric {
    ComparedMetric(quantity: .role(role), label: label, end: .lowest, endName: "best")
  }

  /// Labels of several runs, each once, in the order of the first run that has them.
  private static func retention(in runs: [RunModel]) -> [ComparedMetric] {
    var seen: Set<String> = []
    return runs.flatMap(\.overviewMetrics).compactMap { metric in
      let label = RetentionText.label(metric)
      guard seen.insert(label).inserted else { return nil }
      return ComparedMetric(
        quantity: .retention(label), label: label,
        end: metric.kind.isHigherBetter ? .highest : .lowest,
        endName: "best")
    }
  }

  /// The points of the branch a run is on; `nil` where it has none.
  func points(in run: RunModel) -> CurvePoints? {
    let points: CurvePoints? =
      switch quantity {
      case .role(let role): run.series(role: role).first.map { Self.points(of: $0, in: run) }
      case .retention(let label):
        run.overviewMetrics.first { RetentionText.label($0) == label }.map { Self.points(of: $0.id, in: run) }
      case .divergence(let probe, let direction):
        run.divergences[probe].map {
          $0.curves.points(direction == .policyReference ? .policyReference : .referencePolicy)
        }
      }
    return points.flatMap { $0.branch.count > 0 ? $0 : nil }
  }

  private static func points(of id: SeriesID, in run: RunModel) -> CurvePoints {
    CurvePoints(run.series[id].current, rows: run.rows)
  }
}

/// What the user has chosen to see of the table of runs.
struct RunsTableState: Sendable, Hashable {
  /// Index of the run that keys act on.
  var cursor = 0
  /// First measure shown: a screen has room for some only.
  var firstMeasure = 0
  var sort = RunsColumn.order
  var isDescending = false
  var below = Below.usual
  /// First key shown of the configuration.
  var configurationScroll = 0

  /// What stands below the table of runs.
  enum Below: Sendable, Hashable {
    /// Curves of several runs, the configuration of one alone.
    case usual
    case differing
    case all
    case charts
  }

  mutating func sort(by column: RunsColumn) {
    if sort == column { isDescending.toggle() } else { (sort, isDescending) = (column, false) }
  }
}

/// A column of the table of runs.
enum RunsColumn: Sendable, Hashable {
  /// As they were named, or newest first.
  case order
  case name
  case step
  /// Last value of a measure.
  case last(ComparedMetric)
  /// Best or highest value of a measure.
  case extreme(ComparedMetric)
  /// Last value less the baseline's.
  case difference(ComparedMetric)
}
