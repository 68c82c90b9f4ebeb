internal import Divergence
internal import RunLog
internal import RunModel

/// A summary for people.
package enum SummaryText {
  /// Several lines, without a final newline; keys and texts of the log still have to be made printable.
  ///
  /// - Parameter width: columns of the screen that a text takes.
  package static func text(of run: RunSummary, width: (String) -> Int = \.count) -> String {
    [
      [head(run)] + sources(run) + rejected(run) + notices(run) + restarts(run), metrics(run, width),
      modes(run),
      divergence(run, width),
      estimates(run),
      budgets(run),
      findings(run),
      run.advice.map { [$0.sentence] } ?? [],
    ]
    .filter { !$0.isEmpty }.map { $0.map(oneLine).joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// A key with line breaks in it must not look like two lines.
  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? "⏎" : $0 })
  }

  private static func head(_ run: RunSummary) -> String {
    let steps =
      if let first = run.steps.first, let last = run.steps.last {
        "steps \(first)–\(last) (\(run.steps.count) logged)"
      } else {
        "no steps"
      }
    // A folder of rows or logits alone is a run, too.
    let hasNoLog = run.dialect == nil && !run.divergence.isEmpty
    let lines = hasNoLog ? nil : run.lines.map { "\($0) \($0 == 1 ? "line" : "lines")" }
    return "\(run.path): "
      + [run.dialect ?? (hasNoLog ? "files of rows or logits, no log" : "no records"), lines, steps]
      .compactMap(\.self).joined(separator: ", ")
  }

  /// What the reader of the numbers has to know about where they come from.
  private static func sources(_ run: RunSummary) -> [String] {
    let steps = run.stepSource == StepSource.logged.rawValue ? [] : ["steps are \(run.stepSource)"]
    let unplaced = run.unplacedKeys.isEmpty ? [] : ["no role for " + run.unplacedKeys.joined(separator: ", ")]
    return progress(run) + configuration(run) + list(run) + steps + unplaced + kls(run)
  }

  /// The sources of a run that has several.
  private static func list(_ run: RunSummary) -> [String] {
    guard run.sources.count > 1 else { return [] }
    return run.sources.map { source in
      let lines = source.lines.map { "\($0) \($0 == 1 ? "line" : "lines")" }
      let hidden =
        source.hiddenKeys.isEmpty
        ? nil : "another source is believed about " + source.hiddenKeys.joined(separator: ", ")
      return "source \(source.path): "
        + [source.dialect ?? "no records", lines, hidden, source.problem].compactMap(\.self)
        .joined(separator: ", ")
    }
  }

  private static func configuration(_ run: RunSummary) -> [String] {
    guard !run.config.isEmpty else { return [] }
    let sources = Dictionary(grouping: run.config.sorted { $0.key < $1.key }) {
      run.configSources[$0.key] ?? ""
    }
    return sources.sorted { $0.key < $1.key }.map { source, pairs in
      "configuration (\(source)): " + pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }
  }

  private static func progress(_ run: RunSummary) -> [String] {
    if let state = run.state { return [state.text] }
    guard let progress = run.progress else { return [] }
    let left = progress.secondsLeft.map { ", \(number($0)) seconds left" } ?? ""
    return ["step \(progress.done) of \(progress.total)" + left]
  }

  /// Which KL each key is: four different ones have that name.
  private static func kls(_ run: RunSummary) -> [String] {
    let told = run.klKeys.filter { $0.value.trainer != nil || $0.value.family != KLFamily.reference.rawValue }
    return told.sorted { $0.key < $1.key }.map { "\($0.key) is a KL \($0.value.text)" }
  }

  /// Rejected lines by their reason, with a few examples of each.
  private static func rejected(_ run: RunSummary) -> [String] {
    guard run.rejectedCount > 0 else { return [] }
    let reasons = run.rejectedReasons.map { reason in
      let more = reason.count > reason.examples.count ? ", …" : ""
      return "  \(reason.count) \(reason.reason): \(reason.examples.joined(separator: ", "))\(more)"
    }
    return ["\(run.rejectedCount) rejected \(run.rejectedCount == 1 ? "line" : "lines")"] + reasons
  }

  private static func notices(_ run: RunSummary) -> [String] {
    run.notices.map { notice in
      "note: " + (notice.line.map { "\(place(notice.file, $0)): " } ?? "") + notice.message
    }
  }

  private static func restarts(_ run: RunSummary) -> [String] {
    let earlier = run.restarts.count - listedRestarts
    return (earlier > 0 ? ["\(earlier) earlier restarts"] : [])
      + run.restarts.suffix(listedRestarts).map {
        "restart in \(place($0.file, $0.line)): from step \($0.fromStep) back to \($0.toStep)"
      }
  }

  /// Restarts that are told one by one, the last ones.
  private static let listedRestarts = 20

  private static func place(_ file: String?, _ line: Int) -> String {
    (file.map { "\($0) " } ?? "") + "line \(line)"
  }

  private static func metrics(_ run: RunSummary, _ width: (String) -> Int) -> [String] {
    guard !run.metrics.isEmpty else { return [] }
    let roles = Dictionary(
      run.roles.flatMap { role, keys in keys.map { ($0, role) } }, uniquingKeysWith: { first, _ in first })
    let rows = run.metrics.sorted { $0.key < $1.key }.map { key, metric in
      [
        key, roles[key]?.replacing("_", with: " ") ?? "–", "\(metric.count)", number(metric.first),
        number(metric.last),
        number(metric.min), number(metric.max), metric.nonfinite > 0 ? "\(metric.nonfinite)" : "",
      ]
    }
    return TextTable.lines(
      textColumns: 2, [["metric", "role", "points", "first", "last", "min", "max", "non-finite"]] + rows,
      width: width)
  }

  private static func modes(_ run: RunSummary) -> [String] {
    run.modes.map { mode in
      let policy = [mode.policy, gradients(mode.policyGrad)].compactMap(\.self).joined(separator: " ")
      let reference = [mode.reference, gradients(mode.referenceGrad)].compactMap(\.self).joined(
        separator: " ")
      return
        "mode from step \(mode.step), phase \(mode.phase): policy \(policy.isEmpty ? "?" : policy), reference \(reference.isEmpty ? "?" : reference)"
    }
  }

  private static func gradients(_ recorded: Bool?) -> String? { recorded.map { $0 ? "grad" : "no_grad" } }

  /// First and last of each phase and set: all steps are in the JSON.
  private static func divergence(_ run: RunSummary, _ width: (String) -> Int) -> [String] {
    let groups = Dictionary(grouping: run.divergence.filter { $0.rows > 0 }) {
      [$0.phase, $0.set].compactMap(\.self).joined(separator: " ")
    }
    guard !groups.isEmpty else { return [] }
    let rows = groups.sorted { $0.key < $1.key }.compactMap { name, entries -> [String]? in
      guard let first = entries.first, let last = entries.last else { return nil }
      return [
        name, "\(entries.count)", "\(last.rows)", number(first.policyReference.mean),
        number(last.policyReference.mean),
        number(last.policyReference.standardErrorBySample ?? last.policyReference.standardError),
        number(last.referencePolicy.mean), number(last.logged),
      ]
    }
    let head = [
      "divergence (nats per row)", "steps", "rows", "first D(policy‖reference)", "last", "±",
      "last D(reference‖policy)",
      "logged",
    ]
    let table = TextTable.lines(textColumns: 1, [head] + rows, width: width)
    return table + errorMeaning(groups.values.compactMap { $0.last?.policyReference })
  }

  /// What ± is in a table of some last evaluations; nothing where none has one.
  private static func errorMeaning(_ last: [RowStatistics]) -> [String] {
    let known = last.filter { $0.standardError != nil }
    guard let one = known.first else { return [] }
    if !known.contains(where: { $0.standardErrorBySample != nil }) {
      return ["± is one standard error of the last mean, as if rows were independent"]
    }
    let clustered = "± is one standard error of the last mean, clustered by sample"
    guard known.count == 1, let samples = one.sampleCount else { return [clustered] }
    return [clustered + " (\(samples) samples, \(one.count) rows)"]
  }

  private static func budgets(_ run: RunSummary) -> [String] {
    run.budgets.map { entry in
      let name = entry.series.map { " \($0)" } ?? ""
      return "budget \(entry.budget):\(name) \(entry.outlook)"
    }
  }

  private static func findings(_ run: RunSummary) -> [String] {
    run.findings.map { finding in
      "\(finding.severity): \(finding.code): \(finding.message)\(finding.count > 1 ? " (\(finding.count) times)" : "")"
    }
  }

  static func number(_ value: Double?) -> String { value.map { SentenceNumber.text($0) } ?? "–" }
}
