import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct ChartPaceTests {
  @Test func `Curves wait as long as their last drawing was large`() {
    var pace = ChartPace()
    #expect(pace.pause == 0.25)
    pace.chartsChanged()
    pace.frameChanged(cells: 420)
    #expect(pace.pause == 1.5)
    pace.frameChanged(cells: 10)
    #expect(pace.pause == 1.5, "a frame without new curves says nothing of their cost")
    pace.chartsChanged()
    pace.frameChanged(cells: 100_000)
    #expect(pace.pause == ChartPace.longest)
    pace.chartsChanged()
    pace.frameChanged(cells: 0)
    #expect(pace.pause == ChartPace.shortest)
  }

  @Test func `After a large drawing the last values still come at once`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...9), now: 100)
    state.tick(now: 100)
    state.frameChanged(cells: 10_000)
    state.receive(feed.loss(steps: 10...10), now: 101)
    state.tick(now: 101)
    #expect(state.shown.lastStep == 10)
    #expect(state.shownInCharts.lastStep == 9)
    #expect(state.nextTick == ChartPace.longest)
    state.tick(now: 103)
    #expect(state.shownInCharts.lastStep == 10)
  }
}
