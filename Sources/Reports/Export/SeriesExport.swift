internal import Curves
package import RunModel

/// The series of runs as they are drawn, point by point: the output of `kltop export`.
package struct SeriesExport {
  package enum Format: String, Sendable, CaseIterable {
    case csv, jsonl
  }

  private let format: Format
  private let isChosen: (String) -> Bool

  /// - Parameter isChosen: whether a key is exported.
  package init(_ format: Format, isChosen: @escaping (String) -> Bool = { _ in true }) {
    self.format = format
    self.isChosen = isChosen
  }

  /// Keys of a run that can be exported, those of divergences last.
  package static func keys(of run: RunModel) -> [String] {
    run.series.filter { $0.count > 0 || !$0.abandoned.isEmpty }.map(\.name)
      + run.divergences.keys.sorted().flatMap { probe in Direction.allCases.map { $0.key(of: probe) } }
  }

  /// What stands above the first point; empty where nothing does.
  package var head: String { format == .csv ? "run,key,set,branch,step,time,value\n" : "" }

  /// Hands over every point of a run, some of them at a time.
  package func write(_ run: RunModel, to output: (String) throws -> Void) throws {
    for series in run.series where isChosen(series.name) {
      let words = MetricKey(series.name).setWords
      let set = MetricKey(series.name).isAboutASet && !words.isEmpty ? words.joined(separator: " ") : nil
      for (branch, points) in ([series.current] + series.abandoned).enumerated() {
        try write(points, rows: run.rows, run, key: series.name, set: set, branch: branch, to: output)
      }
    }
    for track in run.divergences.values.sorted(by: { $0.probe < $1.probe }) {
      for direction in Direction.allCases where isChosen(direction.key(of: track.probe)) {
        for (branch, curves) in ([track.curves] + track.abandonedCurves).enumerated() {
          let points = curves.points(direction.quantity)
          try write(
            points.branch, rows: points.rows, run, key: direction.key(of: track.probe), set: track.probe.set,
            branch: branch, isTimed: false, to: output)
        }
      }
    }
  }

  /// What a divergence is exported as.
  private enum Direction: CaseIterable {
    case policyReference, referencePolicy

    var quantity: DivergenceCurves.Quantity {
      switch self {
      case .policyReference: .policyReference
      case .referencePolicy: .referencePolicy
      }
    }

    /// `eval/old/divergence/policy_reference`.
    func key(of probe: ProbeKey) -> String {
      let name = self == .policyReference ? "policy_reference" : "reference_policy"
      return ([probe.phaseName] + [probe.set].compactMap(\.self) + ["divergence", name]).joined(
        separator: "/")
    }
  }

  /// Points that are handed over at once.
  private static let chunk = 4096

  private func write(
    _ branch: SeriesBranch, rows: RowTable, _ run: RunModel, key: String, set: String?, branch number: Int,
    isTimed: Bool = true, to output: (String) throws -> Void
  ) throws {
    guard branch.count > 0 else { return }
    let (before, between) = try frame(run: run.path, key: key, set: set, branch: number)
    for start in stride(from: 0, to: branch.count, by: Self.chunk) {
      var text = ""
      for index in start..<min(start + Self.chunk, branch.count) {
        let step = branch.step(index, rows: rows)
        let time = isTimed ? rows.time(branch.row(index)) : run.time(at: step) ?? .nan
        text += before + "\(step)" + between + self.time(time) + written(branch.value(index))
      }
      try output(text)
    }
  }

  /// What stands in front of a point's step, and between its step and its time: the same for all of a branch.
  private func frame(run: String, key: String, set: String?, branch: Int) throws -> (String, String) {
    switch format {
    case .csv:
      return ("\(Self.quoted(run)),\(Self.quoted(key)),\(Self.quoted(set ?? "")),\(branch),", ",")
    case .jsonl:
      let (run, key) = (try OutputJSON.text(of: run), try OutputJSON.text(of: key))
      let set = try set.map { try OutputJSON.text(of: $0) } ?? "null"
      return (#"{"branch":\#(branch),"key":\#(key),"run":\#(run),"set":\#(set),"step":"#, #","time":"#)
    }
  }

  private func time(_ time: Double) -> String {
    switch format {
    case .csv: (time.isFinite ? "\(time)" : "") + ","
    case .jsonl: (time.isFinite ? "\(time)" : "null") + #","value":"#
    }
  }

  /// As pandas, R and spreadsheets read it, and as all JSON of the program has it.
  private func written(_ value: Double) -> String {
    let text = value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
    switch format {
    case .csv: return text + "\n"
    case .jsonl: return (value.isFinite ? text : "\"\(text)\"") + "}\n"
    }
  }

  /// RFC 4180; a text that a spreadsheet would take for a formula is set in quotes behind an apostrophe.
  private static func quoted(_ text: String) -> String {
    let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
