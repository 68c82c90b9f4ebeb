import CellCanvas
import RunFeed
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct DashboardStateTests {
  @Test func `A paused screen stands still while reading goes on behind it`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...10), now: 10)
    state.press(" ", now: 10)
    #expect(state.isPaused)
    state.receive(feed.loss(steps: 11...20), now: 20)
    state.tick(now: 20)
    #expect(state.step == 10)
    #expect(state.shown.lastStep == 10)
    #expect(state.shownInCharts.lastStep == 10)
    #expect(state.run.lastStep == 20)
    state.press(" ", now: 21)
    #expect(!state.isPaused)
    #expect(state.step == 20)
  }

  @Test func `Curves catch up four times a second, the step at once`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...0), now: 100)
    state.tick(now: 100)
    var redrawn = 0
    var last = state.shownInCharts.lastStep
    for tenth in 1...20 {
      let now = 100 + Double(tenth) / 10
      state.receive(feed.loss(steps: tenth...tenth), now: now)
      state.tick(now: now)
      #expect(state.step == tenth)
      if state.shownInCharts.lastStep != last { redrawn += 1 }
      last = state.shownInCharts.lastStep
    }
    #expect(redrawn == 6, "every 0.3 s of 2 s, the first multiple of 0.1 s that is not below 0.25 s")
  }

  @Test func `Curves that are behind ask to be drawn soon, and then no more`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...0), now: 100)
    #expect(state.nextTick == 0.25)
    state.tick(now: 100)
    #expect(state.nextTick == 1, "a live header counts seconds")
    state.press(" ", now: 100)
    #expect(state.nextTick == nil, "nothing moves on a paused screen")
  }

  @Test func `A clock that is set back does not stop the curves`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...0), now: 1000)
    state.tick(now: 1000)
    state.receive(feed.loss(steps: 1...1), now: 10)
    state.tick(now: 10)
    #expect(state.shownInCharts.lastStep == 1)
  }

  @Test func `The axis of a live run reaches ahead to a round step and stays there for a while`() throws {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...100), now: 100)
    state.tick(now: 100)
    let end = try #require(state.chartEnd)
    #expect(end == 120, "fifteen seconds ahead at a step a second, to the next multiple of 20")
    #expect(state.chartSteps == 0...120)
    for step in 101...end {
      state.receive(feed.loss(steps: step...step), now: Double(step))
      state.tick(now: Double(step))
      #expect(state.chartEnd == end)
    }
    state.receive(feed.loss(steps: (end + 1)...(end + 1)), now: Double(end + 1))
    state.tick(now: Double(end + 1))
    #expect(try #require(state.chartEnd) > end)
  }

  @Test func `A window at the end of a live run moves on with it, any other one stays`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...100), now: 100)
    state.tick(now: 100)
    state.press("+", "+", now: 100)
    #expect(state.chartSteps == 75...100)
    state.receive(feed.loss(steps: 101...120), now: 120)
    state.tick(now: 120)
    #expect(state.chartSteps == 95...120)
    state.press("h", now: 120)
    #expect(state.chartSteps == 89...114)
    state.receive(feed.loss(steps: 121...140), now: 140)
    state.tick(now: 140)
    #expect(state.chartSteps == 89...114)
    state.press("l", "l", "l", "l", "l", now: 140)
    state.receive(feed.loss(steps: 141...150), now: 150)
    state.tick(now: 150)
    #expect(state.chartSteps == 125...150, "back at the end it moves on again")
    state.press("0", now: 150)
    #expect(state.chartSteps.lowerBound == 0)
  }

  @Test func `A silent run ends where its points end`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...100), now: 5000)
    state.tick(now: 5000)
    #expect(state.chartEnd == nil)
    #expect(state.chartSteps == 0...100)
  }

  @Test(arguments: [(1.0, 30.0), (10, 100), (0.01, 30)])
  func `A run is silent after ten times its usual gap, half a minute at least`(gap: Double, limit: Double) {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    let end = 20 * gap
    state.receive(feed.loss(steps: 0...20, secondsPerStep: gap), now: end)
    #expect(state.isLive(now: end + limit))
    #expect(!state.isLive(now: end + limit + 0.1))
  }

  @Test func `What was there before is as old as its clock says, in however many batches it comes`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...10, source: .reading), now: 5000)
    state.receive(feed.loss(steps: 11...20, source: .reading), now: 5000)
    state.receive(feed.loss(steps: 21...30), now: 5000)
    #expect(state.lastArrival == 30)
    #expect(!state.isLive(now: 5000))
    state.receive(feed.loss(steps: 31...31), now: 5001)
    #expect(state.lastArrival == 5001, "what comes later is new, whatever its clock says")
    #expect(state.isLive(now: 5001))
  }

  @Test func `A clock of the log that runs ahead is not believed`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"))
    state.receive(feed.loss(steps: 0...1000), now: 10)
    #expect(state.lastArrival == 10)
    #expect(!state.isLive(now: 41))
  }

  @Test func `Input that has ended is not live`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "-"))
    state.receive(feed.loss(steps: 0...3, source: .ended), now: 3)
    #expect(!state.isLive(now: 3))
  }

  @Test func `A replay waits until the whole run is there`() {
    var feed = Feed()
    var state = DashboardState(run: RunModel(path: "run"), replay: ReplayPlayer(step: 15, isPlaying: true))
    state.receive(feed.loss(steps: 0...10, source: .reading), now: 0)
    for tenth in 0...20 { state.tick(now: Double(tenth) / 10) }
    #expect(state.step == 10, "as far as there is anything")
    state.receive(feed.loss(steps: 11...40), now: 3)
    state.tick(now: 3)
    #expect(state.step == 15)
    state.tick(now: 4)
    #expect(state.step == 25)
    #expect(state.replay?.isPlaying == true)
  }

  @Test func `A replay on the screen stops everything at its step`() {
    var state = DashboardState(run: .everything(), replay: ReplayPlayer(step: 7))
    state.tick(now: 0)
    #expect(state.step == 7)
    state.press(.right, now: 0)
    #expect(state.step == 8)
    state.press(.end, now: 0)
    #expect(state.step == 39)
    state.press(.right, now: 0)
    #expect(state.step == 39)
    state.press(.pageUp, now: 0)
    #expect(state.step == 36)
    state.press(.home, .left, now: 0)
    #expect(state.step == 0)
    #expect(state.nextTick == nil)
    state.press(" ", now: 0)
    #expect(state.nextTick == 0.05)
  }

  @Test func `Escape closes the help first, then a panel, then the zoom`() {
    var state = DashboardState(run: .everything())
    state.press("+", .enter, "?", now: 0)
    #expect(state.help.isShown && state.overview.isMaximised && state.charts.window != nil)
    state.press(.escape, now: 0)
    #expect(!state.help.isShown && state.overview.isMaximised)
    state.press(.escape, now: 0)
    #expect(!state.overview.isMaximised && state.charts.window != nil)
    state.press(.escape, now: 0)
    #expect(state.charts.window == nil)
  }

  @Test func `A key that help hides only closes it`() {
    var state = DashboardState(run: .everything())
    state.press("?", "s", now: 0)
    #expect(!state.help.isShown)
    #expect(state.charts.smoothing == 0)
    state.press("s", now: 0)
    #expect(state.charts.smoothing == 0.3)
  }

  @Test func `Scrolling in the help leaves the lists alone`() {
    var state = DashboardState(run: .everything())
    state.press("?", "j", "j", "k", now: 0)
    #expect(state.help.isShown)
    #expect(state.help.scroll == 1)
    #expect(state.overview.scroll == 0)
    state.press("?", "?", now: 0)
    #expect(state.help.scroll == 0, "help opens at its top")
    state.press("?", "j", "k", "k", "j", "j", now: 0)
    #expect(state.overview.scroll == 0, "nothing of a chart scrolls")
  }

  @Test func `Scrolling stops at the end, and the way back begins at once`() {
    var state = DashboardState(run: .everything())
    state.press("6", .enter, now: 0)
    for _ in 0..<50 { state.press("j", now: 0) }
    #expect(state.overview.scroll == state.findingLines - 1)
    #expect(state.overview.scroll > 0)
    state.press("k", now: 0)
    #expect(state.overview.scroll == state.findingLines - 2)
    state.press("?", now: 0)
    for _ in 0..<500 { state.press("j", now: 0) }
    let end = state.help.scroll
    #expect(end > 0 && end < 200)
    state.press("k", now: 0)
    #expect(state.help.scroll == end - 1)
  }

  @Test func `The focus goes around all panels both ways`() {
    var state = DashboardState(run: .everything())
    var seen: [Panel] = []
    for _ in Panel.allCases {
      seen.append(state.overview.focus)
      state.press(.tab, now: 0)
    }
    #expect(seen == Panel.allCases)
    #expect(state.overview.focus == .loss)
    state.press(.backtab, now: 0)
    #expect(state.overview.focus == .findings)
    state.press("2", now: 0)
    #expect(state.overview.focus == .divergence)
  }

  @Test func `A click focuses, a double click maximises, the wheel zooms where the pointer is`() {
    let size = CellSize(columns: 120, rows: 36)
    var state = DashboardState(run: .everything())
    state.click(MouseEvent(x: 5, y: 15, kind: .press, button: 1), now: 0, size: size)
    #expect(state.overview.focus == .divergence)
    state.click(MouseEvent(x: 5, y: 15, kind: .doubleClick, button: 1), now: 0, size: size)
    #expect(state.overview.isMaximised)
    state.overview.isMaximised = false
    state.click(MouseEvent(x: 0, y: 15, kind: .wheelUp, button: 0), now: 0, size: size)
    #expect(state.charts.window == 0...20, "the left end stays")
    state.click(MouseEvent(x: 0, y: 15, kind: .wheelDown, button: 0), now: 0, size: size)
    #expect(state.charts.window == nil)
    let before = state.chosenSample?.sample.state.key
    state.click(MouseEvent(x: 100, y: 20, kind: .wheelDown, button: 0), now: 0, size: size)
    #expect(state.chosenSample?.sample.state.key != before)
    state.click(MouseEvent(x: 500, y: 500, kind: .press, button: 1), now: 0, size: size)
    #expect(state.overview.focus == .divergence)
  }

  @Test func `Samples go around in the order of their divergence, and w follows the largest again`() {
    var state = DashboardState(run: .everything())
    #expect(state.sampleList.states.map(\.key.name.label) == ["sequence", "mild"])
    state.press("n", now: 0)
    #expect(state.sample.key?.name.label == "mild")
    state.press("n", now: 0)
    #expect(state.sample.key?.name.label == "sequence")
    state.press("p", now: 0)
    #expect(state.sample.key?.name.label == "mild")
    state.press("w", now: 0)
    #expect(state.sample.key == nil)
    #expect(state.chosenSample?.sample.row == 1, "the token that is furthest apart")
    state.press("<", "<", now: 0)
    #expect(state.chosenSample?.sample.row == 0)
    state.press(">", ">", ">", now: 0)
    #expect(state.chosenSample?.sample.row == 1)
  }

  @Test func `Smoothing goes through its levels and stops at both ends`() {
    var state = DashboardState(run: .everything())
    var seen: [Double] = []
    for _ in 0...8 {
      seen.append(state.charts.smoothing)
      state.press("s", now: 0)
    }
    #expect(seen == [0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.99, 0.99, 0.99])
    for _ in 0...8 { state.press("S", now: 0) }
    #expect(state.charts.smoothing == 0)
  }

  @Test func `A logarithmic scale is a matter of the focused chart`() {
    var state = DashboardState(run: .everything())
    state.press("2", "L", now: 0)
    #expect(state.charts.logarithmic == [.divergence])
    state.press("4", "L", now: 0)
    #expect(state.charts.logarithmic == [.divergence, .loss], "of the first chart where none is focused")
    state.press("L", "2", "L", now: 0)
    #expect(state.charts.logarithmic.isEmpty)
  }

  @Test func `q and Ctrl-C quit`() {
    for key in [Key.character("q"), .control("c")] {
      var state = DashboardState(run: .everything())
      #expect(!state.wantsToQuit)
      state.press(key, now: 0)
      #expect(state.wantsToQuit)
    }
  }
}

extension DashboardState {
  /// Presses several keys at one time.
  fileprivate mutating func press(_ keys: Key..., now: Double) {
    for key in keys { press(key, now: now, size: CellSize(columns: 80, rows: 12)) }
  }
}
