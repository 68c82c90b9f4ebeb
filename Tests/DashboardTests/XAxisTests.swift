import CellCanvas
import Curves
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct XAxisTests {
  /// A hundred steps of a second each, then a pause of an hour, then a hundred more; ten tokens a step, if wanted.
  private func run(tokens: Bool = true) -> RunModel {
    RunModel { log in
      for step in 0..<200 {
        let time = 1_760_000_000 + Double(step) + (step < 100 ? 0 : 3600)
        log.train(
          step: step, tokens ? ["loss": 1, "num_tokens": Double(step * 10)] : ["loss": 1], time: time)
      }
    }
  }

  private func screen(_ run: RunModel) -> Screen {
    var screen = Screen(run, columns: 80, rows: 24)
    screen.press("1", .enter)
    return screen
  }

  private func axis(_ screen: Screen) -> String { screen.rows[22] }

  @Test func `t goes from steps to time, the clock, tokens, and back`() {
    var screen = screen(run())
    #expect(axis(screen).hasSuffix("step┘"))
    screen.press("t")
    #expect(axis(screen).hasSuffix("time┘") && axis(screen).contains("30m"), "\(axis(screen))")
    screen.press("t")
    #expect(axis(screen).hasSuffix("UTC┘") && axis(screen).contains("09:00"), "\(axis(screen))")
    screen.press("t")
    #expect(axis(screen).hasSuffix("tokens┘") && axis(screen).contains("1000"), "\(axis(screen))")
    screen.press("t")
    #expect(axis(screen).hasSuffix("step┘"))
  }

  @Test func `What the log does not tell is passed over and said`() {
    var screen = screen(run(tokens: false))
    screen.press("t", "t", "t")
    #expect(axis(screen).hasSuffix("step┘"))
    #expect(screen.border(.loss).contains("no token count in this log"))
    screen.press("s")
    #expect(!screen.border(.loss).contains("no token count"))
    var timeless = self.screen(RunModel { log in for step in 0..<9 { log.train(step: step, ["loss": 1]) } })
    timeless.press("t")
    #expect(axis(timeless).hasSuffix("step┘"))
    #expect(
      timeless.border(.loss).contains("no token count, no times in this log"), "\(timeless.border(.loss))")
  }

  @Test func `A pause of an hour is a gap as wide as an hour`() throws {
    let measure = try #require(run().measure(.elapsed))
    #expect(measure.value(at: 0) == 0)
    #expect(measure.value(at: 99) == 99)
    #expect(measure.value(at: 100) == 3700)
    let window = measure.window(0...199, columns: 101)
    #expect(window.column(ofStep: 0) == 0)
    #expect(window.column(ofStep: 99) == 3)
    #expect(window.column(ofStep: 100) == 97)
    #expect(window.column(ofStep: 199) == 100)
    #expect(window.step(ofColumn: 0) == 0)
    #expect(window.step(ofColumn: 50) == 100)
  }

  @Test func `Beyond its last point time goes on at the mean rate of the run`() throws {
    let measure = try #require(run().measure(.elapsed))
    #expect(measure.value(at: 199) == 3799)
    #expect(measure.value(at: 398) == 2 * 3799)
    let window = measure.window(0...398, columns: 101)
    #expect(window.column(ofStep: 199) == 50)
    #expect(window.column(ofStep: 398) == 100)
    // 3799 seconds are 199 steps: at three quarters of the axis another half of them.
    #expect(window.column(ofStep: 296) == 74 && window.column(ofStep: 297) == 75)
    #expect(window.step(ofColumn: 75) == 297)
    let tokens = try #require(run().measure(.tokens))
    #expect(tokens.value(at: 250) == 2500 && tokens.value(at: -5) == 0)
  }

  @Test func `Every point lies in the column of its place on the axis`() throws {
    var random = SplitMix64(seed: 7)
    var times = [0.0]
    for _ in 0..<999 { times.append(times[times.count - 1] + Double.random(in: 0...3, using: &random)) }
    let run = RunModel { log in
      for step in times.indices { log.train(step: 3 * step, ["loss": 1], time: 1e9 + times[step]) }
    }
    let measure = try #require(run.measure(.clock))
    let window = measure.window(0...2997, columns: 57)
    for step in times.indices {
      let share = times[step] / times[times.count - 1] * 56
      let column = window.column(ofStep: 3 * step)
      #expect(abs(Double(column) - share) <= 0.5 + 1e-6, "step \(3 * step)")
    }
  }

  @Test func `A count that goes down is no axis`() {
    let run = RunModel { log in
      for step in 0..<9 { log.train(step: step, ["loss": 1, "tokens": Double(step % 3)]) }
    }
    #expect(run.measure(.tokens) == nil)
  }
}
