import Dashboard
import RunAnalysis
import RunFeed
import RunModel

/// Most tests care for what is known of a run: what is concluded is concluded here.
extension DashboardState {
  init(run: RunModel, budgets: [Budget] = [], replay: ReplayPlayer? = nil) {
    self.init(run: AnalysedRun(run, budgets: budgets), replay: replay)
  }

  mutating func add(_ run: RunModel) -> Int { add(AnalysedRun(run)) }
}
