internal import Divergence
package import LogitsFiles
package import RunModel

extension LogitsReport {
  /// Compares files or directories of logits.
  ///
  /// - Parameters:
  ///   - policy: logits of the tuned model, or of both models.
  ///   - reference: logits of the model it started as; nil where the policy's files hold both.
  ///   - part: takes every row that was compared, where it is not nil.
  ///   - progress: told after every block.
  /// - Throws: the first problem, where nothing could be compared.
  package init(
    policy: String, reference: String?, options: LogitsOptions = LogitsOptions(),
    keepingRowsIn part: inout PartialReport?, progress: @escaping (LogitsProgress) -> Void = { _ in }
  ) throws(LogitsFileProblem) {
    if let listing = try RowsListing(path: policy) {
      if let reference {
        throw LogitsFileProblem(reference, "is not needed: rows files hold both models")
      }
      try self.init(rows: listing, policy: policy, keepingRowsIn: &part)
      return
    }
    let plan = try ComparisonPlan(policy: policy, reference: reference, options: options)
    self.init(
      policy: policy, reference: reference, unit: .nats, vocabulary: plan.steps[0].vocabulary, steps: [],
      findings: [], ignored: [])
    var findings = LogitsFindings()
    var ignored = plan.ignored
    var state = LogitsProgress(
      stepsTotal: plan.steps.count, bytesTotal: plan.steps.reduce(0) { $0 + $1.byteCount })
    for step in plan.steps {
      do throws(LogitsFileProblem) {
        let measurement = StepMeasurement(step, threads: options.threads) { bytes in
          state.bytes += bytes
          progress(state)
        }
        let rows = try measurement.rows()
        steps.append(Step(step: step.step, rows, vocabulary: step.vocabulary))
        findings.add(step, rows)
        var own = LogitsFindings()
        own.add(step, rows)
        part?.add(step: step.step, rows, vocabulary: step.vocabulary, findings: own.all)
      } catch { ignored.append(error) }
      state.steps += 1
    }
    if steps.isEmpty, let problem = ignored.last { throw problem }
    self.findings = findings.all
    self.ignored = ignored.map { Ignored(path: $0.path, reason: $0.reason) }
    part?.ignored = ignored.map { PartialReport.Ignored(path: $0.path, reason: $0.reason) }
  }

  /// The same, of which nothing is kept.
  package init(
    policy: String, reference: String?, options: LogitsOptions = LogitsOptions(),
    progress: @escaping (LogitsProgress) -> Void = { _ in }
  ) throws(LogitsFileProblem) {
    var part: PartialReport?
    try self.init(
      policy: policy, reference: reference, options: options, keepingRowsIn: &part, progress: progress)
  }

  /// Tells of rows files, which were reduced where the logits were.
  private init(
    rows listing: RowsListing, policy: String, keepingRowsIn part: inout PartialReport?
  ) throws(LogitsFileProblem) {
    self.init(
      policy: policy, reference: nil, unit: .nats, vocabulary: 0, steps: [], findings: [], ignored: [])
    var findings = LogitsFindings()
    var ignored = listing.ignored
    for evaluation in listing.evaluations {
      do throws(LogitsFileProblem) {
        let rows = try PromptRows(evaluation)
        if vocabulary == 0 { vocabulary = rows.vocabulary }
        if rows.vocabulary != vocabulary {
          throw LogitsFileProblem(
            evaluation.files[0][0],
            "has a vocabulary of \(rows.vocabulary), the steps before one of \(vocabulary)")
        }
        steps.append(Step(step: evaluation.step, [rows], vocabulary: vocabulary))
        findings.add(evaluation, rows)
        var own = LogitsFindings()
        own.add(evaluation, rows)
        part?.add(step: evaluation.step, [rows], vocabulary: vocabulary, findings: own.all)
      } catch { ignored.append(error) }
    }
    if steps.isEmpty, let problem = ignored.last { throw problem }
    self.findings = findings.all
    self.ignored = ignored.map { Ignored(path: $0.path, reason: $0.reason) }
    part?.ignored = ignored.map { PartialReport.Ignored(path: $0.path, reason: $0.reason) }
  }

  /// Leaves so many samples of each step, the most divergent ones.
  package mutating func keepSamples(_ count: Int) {
    for index in steps.indices { steps[index].samples.removeLast(max(0, steps[index].samples.count - count)) }
  }

  /// In another unit: fractions and probabilities stay as they are.
  package func converted(to unit: DivergenceUnit) -> LogitsReport {
    var report = self
    let factor = unit.factor / self.unit.factor
    report.unit = unit
    for index in report.steps.indices { report.steps[index].scale(by: factor) }
    return report
  }
}

extension LogitsReport.Step {
  fileprivate mutating func scale(by factor: Double) {
    policyReference = policyReference.scaled(by: factor)
    referencePolicy = referencePolicy.scaled(by: factor)
    entropy.policy *= factor
    entropy.reference *= factor
    target?.nllPolicy *= factor
    target?.nllReference *= factor
    klDiv.mean *= factor
    klDiv.batchmean *= factor
    klDiv.sum *= factor
    for index in samples.indices {
      samples[index].policyReference *= factor
      samples[index].referencePolicy *= factor
    }
  }
}
