internal import Curves
internal import Divergence
internal import RunLog
internal import RunModel

/// What the curves of a run say by their course.
struct TrendFindings {
  var run: RunModel

  /// Evaluations that a rise is told from.
  private static let evaluations = 8
  /// Points of a loss that its level is told from.
  private static let lossPoints = 256
  /// Points of a series that jumps are looked for in.
  private static let jumpPoints = 512
  /// Series that jumps are looked for in.
  private static let mostSeries = 8
  /// A divergence rises where its slope is this many times its error …
  private static let leastEvidence = 4.0
  /// … and by this share of itself.
  private static let leastRise = 0.05
  /// A loss is level where it changes by no more than this share of all it has changed since the start.
  private static let mostChange = 0.01

  var all: [Conclusion] { rises + jumps }

  // MARK: - Divergence that rises while the loss is level

  private var rises: [Conclusion] {
    guard let loss = run.series(role: .fineTuneLoss).first.map({ run.series[$0] }) else { return [] }
    let tracks = run.divergences.values.filter { $0.probe.phase == .eval }
    return tracks.sorted { $0.probe < $1.probe }.compactMap { rise(of: $0, loss: loss) }
  }

  private func rise(of track: DivergenceTrack, loss: Series) -> Conclusion? {
    let points = track.points.suffix(Self.evaluations)
    guard points.count == Self.evaluations, let first = points.first?.step, let last = points.last?.step,
      let trend = LinearTrend(
        x: points.map { Double($0.step) }, y: points.map(\.policyReference.mean))
    else { return nil }
    let rise = trend.slope * (Double(last) - Double(first))
    let mean = trend.value(at: (Double(first) + Double(last)) / 2)
    guard trend.evidence >= Self.leastEvidence, rise >= Self.leastRise * mean,
      isLevel(loss, from: first, through: last)
    else { return nil }
    let value = (points.last?.policyReference.mean).map { SentenceNumber.text($0) } ?? ""
    return Conclusion(
      code: .divergenceRisesAtFlatLoss, series: track.probe.label, step: first,
      message:
        "\(loss.name) is level since step \(first) but D(policy‖reference) of \(track.probe.label) still rises, by \(SentenceNumber.text(rise)) to \(value) nats: more steps buy drift, not learning; stop earlier or raise the KL weight"
    )
  }

  private func isLevel(_ loss: Series, from first: Int, through last: Int) -> Bool {
    let branch = loss.current
    let range =
      branch.lowerBound(step: first, rows: run.rows)..<branch.upperBound(step: last, rows: run.rows)
    guard range.count >= Self.evaluations else { return false }
    let sample = SeriesSample(branch, in: range, atMost: Self.lossPoints, rows: run.rows)
    guard let trend = sample.trend else { return false }
    let extent = branch.extent(of: 0..<branch.count)
    let change = abs(trend.slope) * sample.span
    return trend.slopes.contains(0) && change <= Self.mostChange * (extent.maximum - extent.minimum)
  }

  // MARK: - Jumps

  private var jumps: [Conclusion] {
    let losses = [MetricRole.fineTuneLoss, .totalLoss, .evaluationLoss].flatMap { run.series(role: $0) }
    let ofLosses = losses.prefix(Self.mostSeries).flatMap { id in
      jumps(of: run.series[id].current, rows: run.rows, name: run.series[id].name, unit: "")
    }
    let tracks = run.tracks.prefix(Self.mostSeries)
    return ofLosses
      + tracks.flatMap { track in
        let points = track.curves.points(.policyReference)
        return jumps(
          of: points.branch, rows: points.rows, name: track.probe.label, of: "D(policy‖reference) of ",
          unit: " nats")
      }
  }

  private func jumps(
    of branch: SeriesBranch, rows: RowTable, name: String, of quantity: String = "", unit: String
  ) -> [Conclusion] {
    let sample = SeriesSample(branch, in: 0..<branch.count, atMost: Self.jumpPoints, rows: rows)
    return ChangePoints.all(in: sample.values).map { jump in
      let step = sample.steps[jump.index]
      let word = jump.size > 0 ? "up" : "down"
      return Conclusion(
        code: .changePoint, series: name, step: step,
        message:
          "\(quantity)\(name) jumps \(word) by \(SentenceNumber.text(abs(jump.size)))\(unit) at step \(step) and stays: look at what changed there (data, learning rate, a resumed run)"
      )
    }
  }
}
