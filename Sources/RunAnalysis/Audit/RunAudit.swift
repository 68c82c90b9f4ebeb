internal import RunLog
package import RunModel

/// Which KL a log holds, and which objective its losses follow.
package struct RunAudit: Sendable, Hashable {
  /// One for each logged KL that something can check, in the order of the log.
  package private(set) var audits: [SeriesAudit] = []
  /// `nil` where the losses do not tell.
  package private(set) var objective: ObjectiveEstimate?
  /// What the log says about its objective, s·λ; `nil` where it says nothing.
  package private(set) var declaredLambda: Double?
  /// How far the reference moved, nats a row, and the first step at which it had; `nil` where it did not.
  package private(set) var shift: Shift?

  package struct Shift: Sendable, Hashable {
    package var mean: Double
    package var firstStep: Int
    package var kind: ReferenceDrift.Kind
    /// The log says that the reference is in train mode, which is a finding of its own.
    var isInTrainMode: Bool
  }

  package init() {}

  /// Audits everything that was read.
  ///
  /// - Parameter limit: most steps that the objective is inferred from.
  package init(_ run: RunModel, limit: Int = 65_536) {
    audits = run.series.indices.filter { run.series[$0].role?.isKL == true && run.series[$0].count > 0 }
      .compactMap { SeriesAudit($0, of: run) }
    objective = run.objectiveEstimate(limit: limit)
    declaredLambda = run.description.lambda.map { run.description.sign == "-" ? -$0 : $0 }
    shift = Self.shift(of: run)
  }

  /// True where no KL that can be checked is anything but D(policy‖reference)/batchmean.
  package var isRight: Bool { !audits.contains { $0.verdict == .wrong } }

  /// True where some KL could be checked.
  package var hasChecked: Bool { audits.contains { $0.verdict != .open } }

  private static func shift(of run: RunModel) -> Shift? {
    let drift = ReferenceDrift(
      run.evidence.records.compactMap { record in
        record.shift.map { (record.step, $0, record.sums.meanPolicyReference ?? 0) }
      })
    guard let mean = drift.mean, let step = drift.firstStep else { return nil }
    let isInTrainMode = run.evidence.records.contains {
      $0.shift != nil && $0.modes.reference == .train && !$0.modes.referenceIsAdapterOff
    }
    return Shift(mean: mean, firstStep: step, kind: drift.kind, isInTrainMode: isInTrainMode)
  }
}
