import CellCanvas
import Foundation
import RunFeed
import RunModel
import TestSupport
import Testing

@testable import Dashboard

/// The position bar of a replay, and everything that moves it.
struct TransportTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  private let run = RunModel { log in
    for step in 0...100 {
      log.train(step: step, ["loss": step == 62 ? .nan : 1], time: Double(step < 50 ? step : step + 3600))
      if step % 20 == 0 { log.eval(step: step, ["eval/old/accuracy": 1]) }
    }
    for step in 80...200 { log.train(step: step, ["loss": 1], time: Double(step + 7200)) }
  }

  private func bar(_ screen: Screen) -> String { screen.rows[screen.size.rows - 2] }

  @Test(arguments: [60, 80, 120, 200])
  func `The bar has marks for evaluations, restarts and findings`(columns: Int) {
    let screen = Screen(run, replayAt: 30, columns: columns, rows: 24)
    #expect(bar(screen).contains("┴") && bar(screen).contains("▼") && bar(screen).contains("!"))
    #expect(bar(screen).filter { $0 == "┴" }.count >= 3)
    #expect(bar(screen).contains("step  30 of 200") && bar(screen).hasSuffix("15 %"))
  }

  @Test func `Evaluations at every step are no marks`() {
    let run = RunModel { log in for step in 0...300 { log.eval(step: step, ["eval/old/accuracy": 1]) } }
    #expect(!bar(Screen(run, replayAt: 30)).contains("┴"))
  }

  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `The bar over a run with everything`(size: (Int, Int)) {
    var screen = Screen(run, replayAt: 90, columns: size.0, rows: size.1)
    screen.press("u", "T")
    expectGolden(screen.frame, named: "transport-\(size.0)x\(size.1)", in: Self.directory)
  }

  @Test func `Arrows go by steps, evaluations, findings or restarts`() {
    var screen = Screen(run, replayAt: 0)
    func step() -> Int { screen.state.step }
    screen.press(.right)
    #expect(step() == 1)
    screen.press("u", .right, .right)
    #expect(step() == 40 && bar(screen).contains("by evaluation"))
    screen.press(.left)
    #expect(step() == 20)
    screen.press("u", .right)
    #expect(step() == 62 && bar(screen).contains("by finding"))
    screen.press(.right)
    #expect(step() == 62, "there is no other one")
    screen.press("u", .right)
    #expect(step() == 80 && bar(screen).contains("by restart"))
    screen.press("u", .left)
    #expect(step() == 79)
  }

  @Test(arguments: [
    ("120", 120), ("35%", 70), ("35 %", 70), ("0%", 0), ("100%", 200), ("end", 200), ("START", 0),
    ("999", 200),
    ("-5", 0), ("1_0", 10), ("12.5%", 25),
  ])
  func `A colon goes to what is typed`(text: String, step: Int) {
    var screen = Screen(run, replayAt: 50)
    screen.press(":")
    #expect(screen.state.prompt?.label == "go to")
    for character in text { screen.press(.character(character)) }
    screen.press(.enter)
    #expect(screen.state.step == step)
    #expect(screen.state.prompt == nil)
  }

  @Test(arguments: ["", "x", "120%", "-1%", "%", "12.5"])
  func `What is no place stays to be corrected`(text: String) {
    var screen = Screen(run, replayAt: 50)
    screen.press(":")
    for character in text { screen.press(.character(character)) }
    screen.press(.enter)
    #expect(screen.state.step == 50)
    #expect(screen.text.contains("write a step such as 1200"))
    screen.press(.escape)
    #expect(screen.state.prompt == nil)
  }

  private func mouse(_ screen: inout Screen, x: Int, y: Int? = nil, _ kind: MouseEvent.Kind) {
    let event = MouseEvent(x: x, y: y ?? screen.size.rows - 2, kind: kind, button: 1)
    screen.state.click(event, now: screen.now, size: screen.size)
  }

  @Test func `A click seeks, and a drag seeks where it ends, wherever that is`() throws {
    var screen = Screen(run, replayAt: 0)
    let rect = ScreenLayout(size: screen.size, isReplay: true).transport
    let bar = TransportBar(screen.state, in: rect)
    mouse(&screen, x: bar.x + bar.columns - 1, .press)
    #expect(screen.state.step == 200)
    mouse(&screen, x: bar.x + (bar.columns - 1) / 2, y: 3, .release)
    #expect(abs(screen.state.step - 100) <= 2)
    let stood = screen.state.step
    mouse(&screen, x: bar.x, y: 3, .release)
    #expect(screen.state.step == stood, "nothing is held any more")
    mouse(&screen, x: 1, .press)
    #expect(screen.state.step == stood, "beside the bar")
    mouse(&screen, x: bar.x, .press)
    mouse(&screen, x: 0, .release)
    #expect(screen.state.step == 0)
  }

  @Test func `Where the mark stands, a click changes nothing`() throws {
    for step in stride(from: 0, through: 200, by: 7) {
      var screen = Screen(run, replayAt: step, columns: 240)
      let rect = ScreenLayout(size: screen.size, isReplay: true).transport
      let x = try #require(screen.frame.places(of: "●", in: rect).first).x
      mouse(&screen, x: x, .press)
      #expect(abs(screen.state.step - step) <= 1)
    }
  }

  @Test func `As recorded, a gap of an hour lasts an hour`() {
    var player = ReplayPlayer(step: 40, pace: .recorded, isPlaying: true)
    player.tick(now: 0, steps: run.steps, run: run)
    player.tick(now: 5, steps: run.steps, run: run)
    #expect(player.step == 45)
    player.tick(now: 60, steps: run.steps, run: run)
    #expect(player.step == 49)
    player.tick(now: 3600, steps: run.steps, run: run)
    #expect(player.step == 49)
    player.tick(now: 3615, steps: run.steps, run: run)
    #expect(player.step == 55)
    player.togglePace()
    player.tick(now: 3616, steps: run.steps, run: run)
    #expect(player.step == 65)
  }

  @Test func `Faster is faster as recorded too, and the end is an end`() {
    var player = ReplayPlayer(step: 90, speed: 10, pace: .recorded, isPlaying: true)
    player.tick(now: 0, steps: run.steps, run: run)
    player.tick(now: 1, steps: run.steps, run: run)
    #expect(player.step == 100)
    player.tick(now: 100, steps: run.steps, run: run)
    #expect(player.step == 200 && !player.isPlaying)
  }

  @Test func `A log without times plays by steps and says so`() {
    let run = RunModel { log in for step in 0...100 { log.train(step: step, ["loss": 1]) } }
    var screen = Screen(run, replayAt: 0)
    screen.press("T")
    #expect(bar(screen).contains("by steps: the log has no times"))
    screen.press(" ")
    screen.now += 1
    screen.state.tick(now: screen.now)
    #expect(screen.state.step == 10)
  }

  @Test func `Help explains the marks`() {
    var screen = Screen(run, replayAt: 0, columns: 200, rows: 60)
    screen.press("?")
    for mark in TransportMark.allCases { #expect(screen.text.contains(mark.name)) }
    #expect(screen.text.contains("position bar"))
  }
}
