import Curves
import TestSupport
import Testing

@testable import Dashboard

struct StepWindowTests {
  private let bounds = 0...1000

  @Test func `Zooming in halves the window around a step that stays where it is`() {
    #expect(StepWindow.zoomed(0...1000, by: 0.5, around: 500, within: bounds) == 250...750)
    #expect(StepWindow.zoomed(0...1000, by: 0.5, around: 0, within: bounds) == 0...500)
    #expect(StepWindow.zoomed(0...1000, by: 0.5, around: 1000, within: bounds) == 500...1000)
    #expect(StepWindow.zoomed(200...400, by: 0.5, around: 250, within: bounds) == 225...325)
  }

  @Test func `Zooming out far enough shows everything`() {
    #expect(StepWindow.zoomed(0...500, by: 2, around: 250, within: bounds) == nil)
    #expect(StepWindow.zoomed(400...600, by: 2, around: 500, within: bounds) == 300...700)
  }

  @Test func `A window never gets narrower than eight steps`() {
    #expect(StepWindow.zoomed(100...108, by: 0.5, around: 104, within: bounds) == 100...108)
    #expect(StepWindow.zoomed(0...5, by: 0.5, around: 2, within: 0...5) == nil)
  }

  @Test func `Panning keeps the width and stops at the ends`() {
    #expect(StepWindow.panned(100...200, by: 0.25, within: bounds) == 125...225)
    #expect(StepWindow.panned(100...200, by: -0.25, within: bounds) == 75...175)
    #expect(StepWindow.panned(10...110, by: -0.25, within: bounds) == 0...100)
    #expect(StepWindow.panned(890...990, by: 0.25, within: bounds) == 900...1000)
  }

  @Test func `Any zooming and panning stays within the run`() {
    var random = SplitMix64(seed: 20)
    for _ in 0..<2000 {
      let lower = Int.random(in: -1000...1000, using: &random)
      let bounds = lower...(lower + Int.random(in: 0...5000, using: &random))
      var window = bounds
      for _ in 0..<8 {
        let width = window.span
        if Bool.random(using: &random) {
          let center = Int.random(in: bounds, using: &random)
          let factor = Bool.random(using: &random) ? 0.5 : 2
          let zoomed = StepWindow.zoomed(window, by: factor, around: center, within: bounds) ?? bounds
          #expect(zoomed.span <= max(2 * width, 8) && zoomed.span >= min(width / 2, bounds.span) - 1)
          window = zoomed
        } else {
          window = StepWindow.panned(window, by: Double.random(in: -1...1, using: &random), within: bounds)
          #expect(window.span == width)
        }
        #expect(bounds.lowerBound <= window.lowerBound && window.upperBound <= bounds.upperBound)
      }
    }
  }

  @Test func `The ends of the integers are steps like others`() {
    let all = Int.min...Int.max
    #expect(all.span == 0x1p64)
    let half = StepWindow.zoomed(all, by: 0.5, around: 0, within: all)
    #expect(half == (Int.min / 2)...(Int.max / 2 + 1))
    #expect(StepWindow.panned(all, by: 0.5, within: all) == all)
    #expect(StepWindow.roundEnd(after: all, expected: 1e9) == .max)
    #expect(StepWindow.roundEnd(after: Int.max...Int.max, expected: 10) == .max)
  }

  @Test(arguments: [
    (0...100, 15.0, 120), (0...0, 0, 10), (0...0, 20, 10), (0...1000, 15, 1200), (0...1000, 1e9, 2000),
    (5000...5010, 5, 5020), (0...37, 3, 50), (0...29, 1e9, 60), (0...5, 1e9, 15),
  ])
  func `A growing axis ends at a round step not far ahead`(
    steps: ClosedRange<Int>, expected: Double, end: Int
  ) {
    #expect(StepWindow.roundEnd(after: steps, expected: expected) == end)
  }
}
