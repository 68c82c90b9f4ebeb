import CellCanvas
import TestSupport
import Testing

@testable import Dashboard

struct ScreenRequestTests {
  @Test func `Keys ask the main loop for copies of the screen, each once`() {
    var screen = Screen(.everything())
    screen.press("y")
    screen.press("Y")
    #expect(screen.state.takeRequests() == [.copyFrame, .saveFrame])
    #expect(screen.state.takeRequests() == [])
  }

  @Test func `A notice stands where the hints are until its time is over`() {
    var screen = Screen(.everything(), columns: 80, rows: 24)
    let hints = screen.rows[23]
    screen.state.tell("written: kltop.svg", now: 100)
    #expect(screen.rows[23].contains("written: kltop.svg") && !screen.rows[23].contains("quit"))
    screen.state.tick(now: 100 + Notice.duration - 0.1)
    #expect(screen.rows[23].contains("written"))
    screen.state.tick(now: 100 + Notice.duration)
    #expect(screen.rows[23] == hints)
  }

  @Test func `A paused screen wakes up to take a notice away`() {
    var screen = Screen(.everything())
    screen.press(" ")
    screen.state.tick(now: 0)
    #expect(screen.state.nextTick == nil)
    screen.state.tell("x", now: 0)
    #expect(screen.state.nextTick == 1)
  }

  @Test func `Keys that are assigned replace what they meant where they are used`() throws {
    let table = KeyTable.standard.assigning(["quit": ["x", "n"], "smooth-more": [], "no-such-action": ["y"]])
    func name(_ key: Key, _ page: Page = .overview) -> String? {
      table.binding(for: key, on: page, inReplay: false)?.name
    }
    #expect(name("x") == "quit" && name("n") == "quit" && name("n", .runs) == "quit")
    #expect(name("q") == nil && name("s") == nil)
    #expect(name("s", .runs) == "sort-runs", "another page's key stays")
    #expect(name("y") == "copy-frame")
    #expect(table.bindings.count == KeyTable.standard.bindings.count)
  }

  @Test func `Every page and panel is a view`() {
    for view in ScreenView.allCases { #expect(ScreenView(name: view.name) != nil) }
    #expect(ScreenView(name: "overview") == .page(.overview) && ScreenView(name: "mode") == .panel(.mode))
    #expect(ScreenView(name: "elsewhere") == nil)
    var screen = Screen(.everything())
    screen.state.show(.panel(.mode))
    #expect(
      screen.state.overview.focus == .mode && screen.state.overview.isMaximised
        && screen.state.page == .overview)
    screen.state.show(.page(.runs))
    #expect(screen.state.page == .runs)
  }
}
