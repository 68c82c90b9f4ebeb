package import Reports
import RunAnalysis
package import RunModel

extension RunSummary {
  /// What a summary says of a run, with what is concluded from it.
  package init(_ run: RunModel) { self.init(AnalysedRun(run)) }
}
