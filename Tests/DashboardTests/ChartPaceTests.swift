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
}
