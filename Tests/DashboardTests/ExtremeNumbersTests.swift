import CellCanvas
import Curves
import RunAnalysis
import RunModel
import TestSupport
import Testing

@testable import Dashboard

/// Whole pages of numbers that are hard to lay out.
struct ExtremeNumbersTests {
  @Test func `An axis holds any values, has a length, and no end that is not finite`() {
    let all =
      ExtremeNumbers.ranges + ExtremeNumbers.neighbours() + ExtremeNumbers.all.map { $0...$0 }
    let wrong = all.filter { values in
      var extent = Extent(values.lowerBound)
      extent.include(values.upperBound)
      let range = ValueRange.rounded(extent)
      let isFinite = range.lowerBound.isFinite && range.upperBound.isFinite
      let hasLength = range.lowerBound < range.upperBound
      let keepsZero = values.lowerBound < 0 || range.lowerBound >= 0
      let holds = [values.lowerBound, values.upperBound].allSatisfy { value in
        range.contains(value)
          && AxisScale.linear.position(of: value, in: range).map { (0...1).contains($0) } == true
      }
      return !isFinite || !hasLength || !keepsZero || !holds
    }
    #expect(wrong.isEmpty)
  }

  /// Keys whose numbers are laid out in different ways: losses, divergences, fractions, tokens, others.
  private static let keys = ["loss", "kl", "eval/old/accuracy", "eval/old/loss", "num_tokens", "grad_norm"]

  private static func run(_ first: Double, _ second: Double) -> RunModel {
    RunModel { log in
      for (step, value) in [first, second].enumerated() {
        log.train(
          step: step, ["loss": value, "kl": value, "num_tokens": value, "grad_norm": value], time: value)
        log.eval(step: step, ["eval/old/accuracy": value, "eval/old/loss": value])
        log.logits(
          step: step, set: "old",
          [SyntheticSample("one", policy: [value, 0, -value], reference: [0, value, 0])], labels: ["a"])
      }
    }
  }

  private static let pairs: [(Double, Double)] = [
    (0, .least), (0, 2 * .least), (.least, .least), (1, 1.0.nextUp), (1.0.nextDown, 1), (-1e308, 1e308),
    (.leastNormalMagnitude, .leastNormalMagnitude.nextDown), (1e308, .greatestFiniteMagnitude),
    (.greatestFiniteMagnitude, .greatestFiniteMagnitude),
    (-.greatestFiniteMagnitude, .greatestFiniteMagnitude), (1e-5, 1e-5.nextUp), (0, -.least),
    (0x1p53, 0x1p53 + 2),
  ]

  @Test(arguments: pairs.indices)
  func `Two values of any distance are drawn on every page, over every axis`(index: Int) {
    let (first, second) = Self.pairs[index]
    var screen = Screen(Self.run(first, second), columns: 100, rows: 30)
    _ = screen.state.add(Self.run(second, first))
    screen.state.runs.toggleBaseline(1)
    for (index, kind) in XQuantity.Kind.allCases.enumerated() {
      let isLogarithmic = index % 2 == 1
      screen.state.charts.xAxis = kind
      screen.state.charts.logarithmic = isLogarithmic ? Set(Panel.allCases) : []
      screen.state.metrics.logarithmic = isLogarithmic ? Set(Self.keys) : []
      screen.state.charts.isRobust = isLogarithmic
      screen.state.charts.smoothing = isLogarithmic ? 0.9 : 0
      for page in Page.allCases {
        screen.state.page = page
        #expect(screen.frame.size == screen.size)
      }
    }
    screen.state.page = .samples
    screen.state.toggleSample()
    #expect(screen.text.contains("D(policy‖reference)"))
  }

  @Test func `A loss of zero and the smallest number has its axis and both values`() {
    for (second, shown) in [(Double.least, "5e−324"), (2 * .least, "1e−323")] {
      let run = RunModel { log in
        log.train(step: 0, ["loss": 0])
        log.train(step: 1, ["loss": second])
      }
      let screen = Screen(run, columns: 80, rows: 24)
      #expect(screen.text.contains("fine-tune \(shown)"))
      #expect(screen.inside(.loss).contains { $0.trimmingPrefix { $0 == " " }.hasPrefix("0 ") })
    }
  }

  @Test func `A number in a table is never a part of a longer one`() {
    let glyphs = GlyphSet.braille
    for value in ExtremeNumbers.all + [123_456_789_012, -123_456_789_012, 0.1 + 0.2] {
      for (text, columns) in [
        (ValueText.short(value, columns: 9, glyphs: glyphs), 9),
        (ValueText.difference(value, columns: 9, glyphs: glyphs), 9),
        (ValueText.signed(value, decimals: 3, glyphs: glyphs), 13),
        (SampleCells.compact(value.magnitude, glyphs), 6),
      ] {
        #expect(DisplayWidth.of(text) <= columns, "\(value): \(text)")
      }
    }
    for step in [Int.min, -1, 0, 99_999_999, 100_000_000, .max] {
      let text = ValueText.step(step, columns: 8, glyphs: glyphs)
      #expect(DisplayWidth.of(text) <= 8)
      if step.magnitude < 100_000_000 { #expect(text == ValueText.withMinus("\(step)", glyphs: glyphs)) }
    }
    #expect(ValueText.short(1.5, columns: 1, glyphs: glyphs) == "…")
  }

  @Test func `The table of runs shows long numbers and steps whole`() {
    let run = RunModel { log in
      log.train(step: 4_000_000_000, ["loss": -123_456_789_012])
      log.train(step: 4_100_000_000, ["loss": -1.2345e-105])
    }
    var screen = Screen(run, columns: 100, rows: 20)
    screen.press("r")
    #expect(screen.text.contains("4.1e+09"))
    #expect(screen.text.contains("−1.2e-105".replacing("e-", with: "e−")))
    #expect(screen.text.contains("−1.23e+11"))
  }

  @Test func `The list of last values keeps the value of a long name`() {
    let run = RunModel { $0.train(step: 0, ["a_rather_long_name_of_a/loss": 0.125]) }
    let screen = Screen(run, columns: 20, rows: 5)
    #expect(screen.rows.contains { $0.hasSuffix(" 0.125") && $0.contains("…") })
  }

  @Test func `A table too narrow for all its numbers shows whole ones`() {
    let run = RunModel { log in
      log.eval(step: 0, ["eval/old/perplexity": 1.234e-100])
      log.eval(step: 9, ["eval/old/perplexity": -5.678e200])
    }
    for columns in 20...60 {
      let table = RetentionTable(AnalysedRun(run), columns: columns, glyphs: .braille)
      for line in table.lines { #expect(line.columns <= max(columns, 22), "\(columns): \(line.map(\.text))") }
    }
  }
}

extension Double {
  /// 5e-324, a denormal: half of it is zero.
  fileprivate static let least = leastNonzeroMagnitude
}
