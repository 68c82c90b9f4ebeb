@testable import Reports
@testable import RunAnalysis
@testable import RunModel

extension RunSummary {
  /// What a summary says of a run, with what is concluded from it.
  init(_ run: RunModel) { self.init(AnalysedRun(run)) }
}
