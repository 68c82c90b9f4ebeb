internal import Divergence
internal import RunModel

/// A report for people.
package enum LogitsReportText {
  /// Several paragraphs, without a final newline; names still have to be made printable.
  ///
  /// - Parameters:
  ///   - top: samples listed of each step.
  ///   - width: columns of the screen that a text takes.
  package static func text(
    of report: LogitsReport, top: Int, width: (String) -> Int = \.count
  ) -> String {
    [
      [head(report)], steps(report), picture(report), targets(report), samples(report, top: top, width),
      notes(report),
    ]
    .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private static func head(_ report: LogitsReport) -> String {
    let reference = report.reference.map { " against \($0)" } ?? ""
    return "\(report.policy)\(reference): V = \(report.vocabulary), \(report.unit.rawValue) per row"
  }

  private static func steps(_ report: LogitsReport) -> [String] {
    let head = [
      "step", "rows", "D(policy‖reference)", "±", "median", "p90", "p99", "max", "D(reference‖policy)",
      "same top-1",
      "TV",
    ]
    let rows = report.steps.map { step in
      let direction = step.policyReference
      return [
        name(step), "\(step.rows)\(step.nanRows > 0 ? " (\(step.nanRows) NaN)" : "")", number(direction.mean),
        (direction.standardErrorBySample ?? direction.standardError).map(number) ?? "–",
        number(direction.median), number(direction.p90),
        number(direction.p99),
        number(direction.maximum), number(step.referencePolicy.mean), percent(step.sameTop1.fraction),
        number(step.totalVariation.mean),
      ]
    }
    return TextTable.lines([head] + rows) + errorMeaning(report)
  }

  /// What ± is; nothing where no step has one.
  private static func errorMeaning(_ report: LogitsReport) -> [String] {
    let known = report.steps.map(\.policyReference).filter { $0.standardError != nil }
    if known.isEmpty { return [] }
    let isClustered = known.contains { $0.standardErrorBySample != nil }
    let how = isClustered ? "clustered by sample" : "as if rows were independent"
    return ["± is one standard error of the mean, \(how)"]
  }

  /// Where the rows of each step lie, all steps on one axis.
  private static func picture(_ report: LogitsReport) -> [String] {
    let picture = DistributionPicture(report.steps.map(\.policyReference))
    guard let axis = picture.axis else { return [] }
    let width = report.steps.map { name($0).count }.max() ?? 0
    let lines = zip(report.steps, report.steps.map { picture.line($0.policyReference) }).map { step, line in
      pad(name(step), to: width) + "  " + line
    }
    return ["D(policy‖reference) of the rows: ─ 1 to 99 %, ▒ 10 to 90 %, █ median"] + lines
      + [String(repeating: " ", count: width + 2) + axis]
  }

  private static func targets(_ report: LogitsReport) -> [String] {
    let rows = report.steps.compactMap { step in
      step.target.map { target in
        [
          name(step), "\(target.rows)", number(target.nllPolicy), number(target.nllReference),
          number(target.deltaPMean),
          number(target.deltaPRms),
        ]
      }
    }
    guard !rows.isEmpty else { return [] }
    let head = [
      "targets at step", "rows", "−log p policy", "−log p reference", "mean Δp", "root mean square Δp",
    ]
    return TextTable.lines([head] + rows)
  }

  private static func samples(_ report: LogitsReport, top: Int, _ width: (String) -> Int) -> [String] {
    guard top > 0, let step = report.steps.last, step.samples.count > 1 else { return [] }
    let rows = step.samples.prefix(top).map { sample in
      [sample.sample, "\(sample.rows)", number(sample.policyReference), number(sample.referencePolicy)]
    }
    let title = step.step.map { "samples that diverge most at step \($0)" } ?? "samples that diverge most"
    return TextTable.lines(
      [[title, "rows", "D(policy‖reference)", "D(reference‖policy)"]] + rows, width: width)
  }

  private static func notes(_ report: LogitsReport) -> [String] {
    report.findings.map { "\($0.severity): \($0.code.rawValue): \($0.message)" }
      + report.ignored.map { "ignored: \($0.path): \($0.reason)" }
  }

  private static func name(_ step: LogitsReport.Step) -> String { step.step.map { "\($0)" } ?? "–" }

  private static func number(_ value: Double) -> String { SentenceNumber.text(value) }

  private static func percent(_ fraction: Double) -> String {
    fraction.isNaN ? "NaN" : "\((fraction * 1000).rounded() / 10) %"
  }

  private static func pad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: width - text.count) + text
  }
}
