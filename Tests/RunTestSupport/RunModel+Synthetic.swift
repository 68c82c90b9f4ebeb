package import Curves
package import RunAnalysis
package import RunModel
package import TestSupport

extension RunModel {
  /// A run that has read everything a synthetic log says.
  package init(_ log: SyntheticRun) {
    self.init(path: "runs/synthetic/metrics.jsonl")
    var log = log
    var comparer = RunComparer()
    apply(comparer.measure(log.takeBatch()))
  }

  /// A run that is told as a little story.
  package init(_ story: (inout SyntheticRun) -> Void) {
    var log = SyntheticRun()
    story(&log)
    self.init(log)
  }

  /// Steps and values of the present branch of a key.
  package func points(_ name: String) -> [Point] {
    series(named: name).map { points($0.current) } ?? []
  }

  /// Steps and values of a branch.
  package func points(_ branch: SeriesBranch) -> [Point] {
    (0..<branch.count).map { Point(step: branch.step($0, rows: rows), value: branch.value($0)) }
  }

  /// The codes of all findings that hold, in their order.
  package var codes: [FindingCode] { findings().map(\.code) }
}

/// One point of a series.
package struct Point: Hashable, CustomStringConvertible {
  package var step: Int
  package var value: Double

  package init(step: Int, value: Double) {
    self.step = step
    self.value = value
  }

  package init(_ step: Int, _ value: Double) { self.init(step: step, value: value) }

  package var description: String { "\(step): \(value)" }
}
