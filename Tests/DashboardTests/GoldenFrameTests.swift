import CellCanvas
import Foundation
import RunModel
import TestSupport
import Testing

@testable import Dashboard

/// Whole frames of the sample runs, text and styles, as somebody has looked at them.
struct GoldenFrameTests {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  private func expect(_ screen: Screen, named name: String, sourceLocation: SourceLocation = #_sourceLocation)
  {
    expectGolden(screen.frame, named: name, in: Self.directory, sourceLocation: sourceLocation)
  }

  @Test(arguments: SampleRun.allCases, [(80, 24), (120, 36), (200, 60)])
  func `A live run`(sample: SampleRun, size: (Int, Int)) {
    expect(Screen(sample.run, columns: size.0, rows: size.1), named: "\(sample.rawValue)-\(size.0)x\(size.1)")
  }

  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `A replay that stands in the middle of its run`(size: (Int, Int)) {
    expect(
      Screen(SampleRun.digitsKL.run, replayAt: 100, columns: size.0, rows: size.1),
      named: "digits-kl-replay-100-\(size.0)x\(size.1)")
  }

  @Test(arguments: [SampleRun.digitsKL, .tinyLM])
  func `The smallest screen`(sample: SampleRun) {
    expect(Screen(sample.run, columns: 20, rows: 5), named: "\(sample.rawValue)-20x5")
  }

  @Test(arguments: [(80, 24), (120, 36)])
  func `A terminal that only knows ASCII`(size: (Int, Int)) {
    expect(
      Screen(SampleRun.digitsSFT.run, columns: size.0, rows: size.1, glyphs: .ascii),
      named: "digits-sft-ascii-\(size.0)x\(size.1)")
  }

  @Test(arguments: Panel.allCases)
  func `A maximised panel`(panel: Panel) {
    var screen = Screen(SampleRun.digitsReferenceInTrainMode.run, columns: 100, rows: 30)
    screen.state.moveFocus(to: panel)
    screen.press(.enter)
    expect(screen, named: "maximised-\(panel.title)")
  }

  @Test func `Smoothed curves on logarithmic axes, zoomed in`() {
    var screen = Screen(SampleRun.digitsSFT.run)
    screen.press("s", "s", "s", "L", "2", "L", "+")
    expect(screen, named: "digits-sft-smoothed-logarithmic-zoomed")
  }

  @Test(arguments: [(80, 24), (120, 36)])
  func `The help over a replay`(size: (Int, Int)) {
    var screen = Screen(SampleRun.digitsKL.run, replayAt: 100, columns: size.0, rows: size.1)
    screen.press("?")
    expect(screen, named: "help-\(size.0)x\(size.1)")
  }

  @Test(arguments: [(40, 12), (80, 24)])
  func `A run that has not begun`(size: (Int, Int)) {
    expect(
      Screen(RunModel(path: "runs/sft"), columns: size.0, rows: size.1), named: "empty-\(size.0)x\(size.1)")
  }
}
