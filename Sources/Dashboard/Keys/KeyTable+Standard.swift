package import RunAnalysis
package import RunFeed

extension KeyTable {
  /// The keys as they are unless somebody changes them.
  package static let standard = KeyTable(
    KeyBinding.general + KeyBinding.pages + KeyBinding.panels + KeyBinding.samples + KeyBinding.sampleList
      + KeyBinding.metrics + KeyBinding.forgetting + KeyBinding.curves + KeyBinding.runs
      + KeyBinding.liveTime + KeyBinding.replayTime)
}

extension DashboardState {
  /// A dashboard with the standard keys.
  package init(run: AnalysedRun, replay: ReplayPlayer? = nil) {
    self.init(run: run, replay: replay, keys: .standard)
  }
}
