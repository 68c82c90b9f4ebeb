import CellCanvas
import Foundation
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct ModePanelTests {
  private func screen(
    _ modes: [(step: Int, modes: ModelModes)], last: Int = 100, columns: Int = 100, rows: Int = 30
  ) -> Screen {
    let run = RunModel { log in
      for (step, modes) in modes { log.train(step: step, ["loss": 1], modes: modes) }
      log.train(step: last, ["loss": 1])
    }
    var screen = Screen(run, columns: columns, rows: rows)
    screen.press("4", .enter)
    return screen
  }

  @Test func `A policy that trains and a reference that stands still`() {
    let screen = screen([(0, .training)])
    let rows = screen.inside(.mode)
    #expect(screen.border(.mode).contains("mode  since step 0"))
    #expect(rows[0].split(separator: " ").map(String.init) == ["train", "phase", "policy", "reference"])
    #expect(rows[1].split(separator: " ").map(String.init) == ["mode", "train", "eval"])
    #expect(rows[2].contains("drops units") && rows[2].hasSuffix("passes all"))
    #expect(rows[3].contains("batch statistics") && rows[3].hasSuffix("running statistics"))
    #expect(rows[4].contains("updated each step") && rows[4].hasSuffix("left as they are"))
    #expect(rows[5].contains("recorded") && rows[5].hasSuffix("off (no_grad)"))
    #expect(screen.rows[1].hasPrefix(" policy TRAIN grad   reference EVAL no_grad"))
  }

  @Test func `The two switches are independent of each other`() {
    let modes = ModelModes(policy: .eval, policyGradients: true, reference: .train, referenceGradients: false)
    let rows = screen([(0, modes)]).inside(.mode)
    #expect(rows[1].split(separator: " ").map(String.init) == ["mode", "eval", "train"])
    #expect(rows[2].contains("passes all") && rows[2].hasSuffix("drops units"))
    #expect(rows[5].contains("recorded") && rows[5].hasSuffix("off (no_grad)"))
  }

  @Test func `What the log leaves out is not guessed`() {
    let rows = screen([(0, ModelModes(policy: .train))]).inside(.mode)
    #expect(rows[1].split(separator: " ").map(String.init) == ["mode", "train", "not", "logged"])
    #expect(rows[2].hasSuffix("?") && rows[3].hasSuffix("?"))
    #expect(
      rows[5].split(separator: " ").map(String.init) == ["gradients", "not", "logged", "not", "logged"])
  }

  @Test func `A log that says nothing about modes is told what to log`() {
    let text = screen([]).text
    #expect(text.contains("the log does not say in which mode") && text.contains("modes not logged"))
  }

  @Test func `Narrow cells say both sides equally short`() {
    let screen = Screen(SampleRun.digitsKL.run, columns: 80, rows: 24)
    #expect(screen.inside(.mode)[2].split(separator: " ").map(String.init) == ["Dropout", "drops", "passes"])
    #expect(
      screen.inside(.mode)[3].split(separator: " ").map(String.init) == ["BatchNorm", "batch", "running"])
    #expect(screen.inside(.mode)[6] == "eval: eval no_grad | eval no_grad")
  }

  @Test func `The strip has the modes over the steps, where they changed`() throws {
    let broken = ModelModes(
      policy: .train, policyGradients: true, reference: .train, referenceGradients: true)
    let screen = screen([(0, broken), (50, .training)])
    let rows = screen.inside(.mode)
    let policy = try #require(rows.first { $0.hasPrefix("train policy ") })
    let reference = try #require(rows.first { $0.hasPrefix("train reference ") })
    #expect(policy.hasPrefix("train policy    train grad ─") && !policy.contains("eval"))
    #expect(reference.hasPrefix("train reference train grad ─"))
    let change = try #require(reference.range(of: "eval no_grad"))
    // 82 columns for steps 0 … 100 behind a label of 16.
    #expect(reference.distance(from: reference.startIndex, to: change.lowerBound) == 16 + 41)
    #expect(screen.rows.contains { $0.hasPrefix("└") && $0.contains("50") && $0.hasSuffix("step┘") })
  }

  @Test func `A moment in train mode among many steps is seen`() throws {
    let blip = ModelModes(policy: .train, policyGradients: true, reference: .train, referenceGradients: false)
    let screen = screen([(0, .training), (500_000, blip), (500_001, .training)], last: 1_000_000)
    let reference = try #require(screen.inside(.mode).first { $0.hasPrefix("train reference ") })
    #expect(reference.dropFirst(16).contains("T"))
  }

  @Test func `A replay's strip ends where the replay stands`() throws {
    var screen = Screen(SampleRun.digitsKL.run, replayAt: 100, columns: 100, rows: 30)
    screen.press("4", .enter)
    let policy = try #require(screen.inside(.mode).first { $0.hasPrefix("train policy ") })
    #expect(policy.count == 16 + 42)
  }
}
