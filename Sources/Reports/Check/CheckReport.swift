internal import Curves
package import RunAnalysis
internal import RunModel

/// Which findings make a check fail.
package struct CheckLimit: Sendable, Hashable {
  /// The mildest severity that does; `nil` where only codes do.
  package var severity: Finding.Severity?
  /// Codes that do whatever their severity.
  package var codes: [FindingCode]

  package init(severity: Finding.Severity? = .warning, codes: [FindingCode] = []) {
    self.severity = severity
    self.codes = codes
  }

  /// True for a finding that holds, and that is bad enough.
  package func isBroken(by finding: Finding) -> Bool {
    guard finding.recoveredAt == nil else { return false }
    return codes.contains(finding.code) || severity.map { finding.severity.isAtLeast($0) } ?? false
  }
}

extension Finding.Severity {
  fileprivate func isAtLeast(_ other: Finding.Severity) -> Bool {
    let order = Finding.Severity.allCases
    return (order.firstIndex(of: self) ?? 0) <= (order.firstIndex(of: other) ?? 0)
  }
}

/// What `kltop check` says of one run; the property names are the keys of the JSON output.
package struct CheckReport: Sendable, Encodable {
  package var path: String
  /// The exit status that the run alone gives: 0 where everything holds, 1 where something does not, 2 where there is
  /// nothing to judge.
  package var status: Int
  package var findings: [RunSummary.FindingEntry]
  package var checkpoints: [CheckpointEntry]
  @OrNull package var advice: AdviceEntry?
  /// The advice, for the text.
  private let choice: CheckpointAdvice?

  /// - Parameters:
  ///   - state: how the training stands, where somebody looked at the clock.
  ///   - findsStall: a training that stands still is a finding.
  package init(_ analysed: AnalysedRun, state: RunState? = nil, limit: CheckLimit, findsStall: Bool = false) {
    let run = analysed.model
    let found = analysed.findings() + (findsStall ? state?.findings(of: run) ?? [] : [])
    path = run.path
    findings = found.map(RunSummary.FindingEntry.init)
    choice = analysed.checkpointAdvice
    checkpoints = CheckpointEntry.all(of: run, choice)
    advice = choice.map(AdviceEntry.init)
    status = found.contains { limit.isBroken(by: $0) } ? 1 : run.hasSomethingToJudge ? 0 : 2
  }

  private enum CodingKeys: CodingKey { case path, status, findings, checkpoints, advice }
}

/// Several runs: the output of `kltop check --format json`.
package struct CheckDocument: Sendable, Encodable {
  package var runs: [CheckReport]

  package init(runs: [CheckReport]) { self.runs = runs }

  /// 1 if any run is 1, else 2 if any is 2, else 0.
  package var status: Int {
    let all = runs.map(\.status)
    return all.contains(1) ? 1 : all.contains(2) ? 2 : 0
  }

  /// One line of JSON in the form of all output.
  package func json() throws -> String { try OutputJSON.text(of: self) }
}

extension RunModel {
  /// True where some rule had data: a loss, divergence, accuracy or KL at two steps, or rows of logits.
  fileprivate var hasSomethingToJudge: Bool {
    if !divergences.isEmpty || !estimates.isEmpty { return true }
    return series.indices.contains { id in
      let series = series[id]
      guard let role = series.role, role != .learningRate, series.count > 1 else { return false }
      return series.current.step(0, rows: rows) != series.current.lastStep
    }
  }
}

extension CheckReport {
  /// Several lines, without a final newline.
  ///
  /// - Parameter width: columns of the screen that a text takes.
  package func text(width: (String) -> Int = \.count) -> String {
    let found = TextTable.lines(
      textColumns: 3,
      findings.map { [Self.mark($0), $0.code, $0.message + ($0.count > 1 ? " (\($0.count) times)" : "")] },
      width: width)
    return (found + [rest] + keeps(width)).joined(separator: "\n")
  }

  private static func mark(_ finding: RunSummary.FindingEntry) -> String {
    if finding.recoveredAt != nil { return "·" }
    switch Finding.Severity(rawValue: finding.severity) {
    case .error: return "✗"
    case .warning: return "!"
    case .note, nil: return "·"
    }
  }

  /// A tick never stands for what could not be judged.
  private var rest: String {
    guard status != 2 else {
      return "? nothing to judge: no loss, divergence, accuracy or KL at two steps, and no rows of logits"
    }
    let others = FindingCode.allCases.count - Set(findings.map(\.code)).count
    return findings.isEmpty ? "✓ nothing found in \(others) checks" : "✓ \(others) other checks found nothing"
  }

  /// What to keep, with its path, and the other recommendation.
  private func keeps(_ width: (String) -> Int) -> [String] {
    guard let choice else { return [] }
    let names = [(choice.bestBalance, "best balance"), (choice.withinBudget ?? -1, "within budget")]
    let order =
      [choice.keep]
      + [choice.bestBalance, choice.withinBudget].compactMap(\.self).filter {
        $0 != choice.keep
      }
    let rows = order.enumerated().map { place, index in
      let candidate = choice.candidates[index]
      return [
        place == 0 ? "keep" : "", candidate.checkpoint.path ?? "step \(candidate.checkpoint.step)",
        candidate.retention.map {
          "\(choice.label($0.metric)) \(choice.number($0.value)) (\(choice.lossText($0)))"
        }
        .joined(separator: ", "),
        candidate.new.map { "\(choice.label($0.metric)) \(choice.number($0.value))" }.joined(separator: ", "),
        names.filter { $0.0 == index }.map(\.1).joined(separator: ", "),
      ]
    }
    return TextTable.lines(textColumns: 5, rows, width: width) + [choice.sentence]
  }
}

extension CheckpointAdvice {
  /// The change of a retention metric, as it is logged: points of a share, nats of a loss.
  fileprivate func lossText(_ value: Value) -> String {
    change(unit == .share ? value.gain : -value.gain)
  }
}
