import CellCanvas
import Curves
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct ChartTests {
  /// The loss panel alone on a screen, and where its plot is.
  private func screen(_ run: RunModel, columns: Int = 80, rows: Int = 24, glyphs: GlyphSet = .braille)
    -> Screen
  {
    var screen = Screen(run, columns: columns, rows: rows, glyphs: glyphs)
    screen.press("1", .enter)
    return screen
  }

  private func losses(_ values: [Double]) -> RunModel {
    RunModel { log in for (step, value) in values.enumerated() { log.train(step: step, ["loss": value]) } }
  }

  /// The cells of the plot, without border, legend and labels.
  private func plot(_ screen: Screen) -> CellRect {
    let inside = CellRect(x: 0, y: 2, columns: screen.size.columns, rows: screen.size.rows - 3).inset()
    let gutter =
      screen.inside(.loss).dropFirst().map { row in
        row.prefix { $0.isASCII && $0 != " " }.count
      }.max() ?? 0
    return CellRect(
      x: inside.x + gutter + 1, y: inside.y + 1, columns: inside.columns - gutter - 1, rows: inside.rows - 1)
  }

  private func column(of step: Int, last: Int, in plot: CellRect, dots: Int = 2) -> Int {
    plot.x + CurveWindow(firstStep: 0, lastStep: last, columns: plot.columns * dots).column(ofStep: step)
      / dots
  }

  @Test(arguments: [(.nan, "×"), (.infinity, "∞"), (-.infinity, "∞")] as [(Double, Character)])
  func `A value that is not finite is marked where it happened and leaves a gap`(
    value: Double, mark: Character
  ) {
    var values = Array(repeating: 1.0, count: 21)
    values[10] = value
    let screen = screen(losses(values))
    let plot = plot(screen)
    let frame = screen.frame
    let place = CellPlace(
      x: column(of: 10, last: 20, in: plot), y: value == -.infinity ? plot.maxY - 1 : plot.y)
    #expect(frame.places(of: mark, in: plot) == [place])
    #expect(frame.cell(x: place.x, y: place.y)?.style.role == .error)
    for x in [place.x - 5, place.x + 5] {
      #expect(
        (plot.y..<plot.maxY).contains { !isBlank(frame, x: x, y: $0) }, "the curve goes on in column \(x)")
    }
    for x in (place.x - 1)...(place.x + 1) where (0..<plot.rows).contains(where: { plot.y + $0 != place.y }) {
      let drawn = (plot.y..<plot.maxY).filter { $0 != place.y && !isBlank(frame, x: x, y: $0) }
      #expect(drawn.isEmpty, "column \(x)")
    }
  }

  private func isBlank(_ frame: CellGrid, x: Int, y: Int) -> Bool {
    frame.cell(x: x, y: y)?.content.isBlank ?? true
  }

  @Test(arguments: [GlyphSet.braille, .block, .ascii])
  func `A spike of one step among a hundred thousand is seen in full`(glyphs: GlyphSet) {
    var values = Array(repeating: 1.0, count: 100_000)
    values[70_000] = 9
    let screen = screen(losses(values), glyphs: glyphs)
    let plot = plot(screen)
    let frame = screen.frame
    let x = column(of: 70_000, last: 99_999, in: plot, dots: glyphs.dotsAcross)
    let drawn = (plot.y..<plot.maxY).filter { !isBlank(frame, x: x, y: $0) }
    #expect(drawn.count > plot.rows * 7 / 10, "one unbroken column")
    let beside = (plot.y..<plot.maxY).filter { !isBlank(frame, x: x - 3, y: $0) }
    #expect(beside.count == 1, "the middle of its column")
  }

  @Test func `A logarithmic axis leaves zeros and negative values out, points down at them and counts them`()
  {
    var screen = screen(losses([100, 10, 1, 0, -5, 1, 10, 100]))
    screen.press("L")
    #expect(screen.border(.loss).contains("log scale"))
    #expect(screen.border(.loss).contains("2 values ≤ 0 not shown"))
    let plot = plot(screen)
    let frame = screen.frame
    for step in 3...4 {
      let x = column(of: step, last: 7, in: plot)
      #expect(frame.cell(x: x, y: plot.maxY - 1)?.content.character == "↓")
      #expect((plot.y..<plot.maxY - 1).allSatisfy { isBlank(frame, x: x, y: $0) }, "step \(step)")
    }
    #expect(screen.inside(.loss).contains { $0.hasPrefix("100") })
  }

  @Test(arguments: [0.0, -0.0])
  func `A zero alone is left out of a logarithmic axis, too`(zero: Double) {
    var screen = screen(losses([100, 10, 1, zero, 1, 10, 100]))
    screen.press("L")
    #expect(screen.border(.loss).contains("1 value ≤ 0 not shown"))
    let plot = plot(screen)
    let frame = screen.frame
    #expect(
      frame.places(of: "↓", in: plot) == [CellPlace(x: column(of: 3, last: 6, in: plot), y: plot.maxY - 1)])
    #expect(screen.inside(.loss).contains { $0.hasPrefix("100") })
    let lowest = frame.cell(x: column(of: 2, last: 6, in: plot), y: plot.maxY - 1)
    #expect(lowest?.content.isBlank == false, "the axis begins at the smallest value above zero")
    let points = CurvePoints(
      losses([zero, zero, 1, .nan, zero]).series[0].current, rows: losses([zero, zero, 1, .nan, zero]).rows)
    #expect(points.nonpositiveCount(in: CurveWindow(firstStep: 0, lastStep: 4, columns: 9), atMost: 100) == 3)
    #expect(points.nonpositiveCount(in: CurveWindow(firstStep: 0, lastStep: 1, columns: 9), atMost: 100) == 2)
  }

  @Test func `A log of nothing above zero has no logarithmic axis`() {
    var screen = screen(losses([0, -1, -2]))
    screen.press("L")
    #expect(screen.border(.loss).contains("3 values ≤ 0 not shown"))
    #expect(screen.text.contains("no value above 0"))
  }

  @Test func `One point and a constant are drawn in the middle`() {
    for values in [[5.0], Array(repeating: 5.0, count: 30)] {
      let screen = screen(losses(values))
      let plot = plot(screen)
      let frame = screen.frame
      let ends = frame.places(of: "●", in: plot)
      #expect(ends.count == 1)
      #expect(ends.allSatisfy { abs($0.y - (plot.y + plot.rows / 2)) <= 1 })
      #expect(screen.inside(.loss).contains { $0.hasPrefix("5.0") || $0.hasPrefix("5 ") })
    }
  }

  @Test func `A log without a finite loss says so and still names it`() {
    let screen = screen(losses([.nan, .nan]))
    #expect(screen.text.contains("no finite value yet"))
    #expect(screen.text.contains("● fine-tune NaN"))
  }

  @Test func `Smoothing leaves the raw curve faint behind`() {
    var screen = screen(losses((0..<60).map { $0 % 2 == 0 ? 1 : 3 }))
    screen.press("s", "s", "s", "s")
    #expect(screen.border(.loss).contains("smoothing 0.9"))
    let plot = plot(screen)
    let frame = screen.frame
    let roles = (plot.y..<plot.maxY).flatMap { y in
      (plot.x..<plot.maxX).filter { !isBlank(frame, x: $0, y: y) }.compactMap {
        frame.cell(x: $0, y: y)?.style.role
      }
    }
    #expect(roles.count { $0 == .faint } > plot.columns)
    #expect(roles.count { $0 == .series1 } >= plot.columns - 5)
    let last = frame.places(of: "●", in: plot)
    #expect(
      last.allSatisfy { abs($0.y - (plot.y + plot.rows / 2)) <= 2 },
      "the end of the average, not of the curve")
  }

  @Test func `A restart is marked on the axis, its old branch faint until b`() {
    let run = RunModel { log in
      for step in 0...40 { log.train(step: step, ["loss": 1]) }
      for step in 20...30 { log.train(step: step, ["loss": 9]) }
    }
    var screen = screen(run)
    let plot = plot(screen)
    let frame = screen.frame
    let axis = CellRect(x: 0, y: plot.maxY, columns: 80, rows: 1)
    let mark = CurveWindow(firstStep: 0, lastStep: 30, columns: plot.columns).column(ofStep: 20)
    #expect(frame.places(of: "▼", in: axis) == [CellPlace(x: plot.x + mark, y: plot.maxY)])
    #expect(faintCells(screen, in: plot) > 5)
    screen.press("b")
    #expect(faintCells(screen, in: plot) == 0)
    #expect(screen.frame.places(of: "▼", in: axis).count == 1)
    screen.press("b")
    #expect(faintCells(screen, in: plot) > 5)
  }

  private func faintCells(_ screen: Screen, in plot: CellRect) -> Int {
    let frame = screen.frame
    return (plot.y..<plot.maxY).reduce(0) { count, y in
      count
        + (plot.x..<plot.maxX).count { x in
          frame.cell(x: x, y: y).map { $0.style.role == .faint && !$0.content.isBlank } ?? false
        }
    }
  }

  @Test func `A replay shows nothing of what is to come, on the axis of the whole run`() {
    let run = losses((0...100).map { Double($0) })
    var screen = Screen(run, replayAt: 50, columns: 80, rows: 24)
    screen.press("1", .enter)
    let plot = CellRect(x: 5, y: 4, columns: 74, rows: 16)
    let end = screen.frame.places(of: "●", in: plot)
    #expect(end.count == 1 && end.allSatisfy { abs($0.x - 41) <= 1 })
    #expect(screen.rows.contains { $0.contains("80") && $0.contains("step┘") })
  }

  @Test func `The first curve of a legend lies on top`() {
    let run = RunModel { log in
      for step in 0...20 { log.train(step: step, ["loss": 2, "total_loss": 2]) }
    }
    let screen = screen(run)
    let plot = plot(screen)
    let frame = screen.frame
    #expect(frame.places(of: "●", in: plot).count == 1)
    #expect(frame.places(of: "▲", in: plot).isEmpty)
  }

  @Test func `A full legend keeps the first value and counts what it leaves out`() {
    let entries = (0..<6).map {
      LegendEntry(mark: "●", label: "evaluation-of-\($0)", value: 0.25, style: .text, glyphs: .braille)
    }
    func text(_ columns: Int) -> String {
      ChartLegend.line(entries, after: FlexibleText([[]]), in: columns).map(\.text).joined()
    }
    #expect(text(40) == "● evalu…n-of-0 0.25   ● evalu…n-of-1  +4")
    #expect(text(26) == "● evalu…n-of-0 0.25   +5")
    #expect(!text(200).contains("+"))
  }

  @Test(arguments: [(GlyphSet.braille, "−2"), (.ascii, "-2")])
  func `Ticks have the minus of all numbers`(glyphs: GlyphSet, label: String) {
    let screen = screen(losses([-2, 2]), glyphs: glyphs)
    #expect(screen.inside(.loss).contains { $0.drop { $0 == " " }.hasPrefix(label) }, "\(screen.text)")
  }

  @Test(arguments: Array(stride(from: 0, through: 70, by: 7)), [5, 6, 7, 9])
  func `A legend is never without names`(columns: Int, rows: Int) {
    let screen = Screen(SampleRun.digitsKL.run, columns: columns + 30, rows: 3 * rows + 3)
    for panel in [Panel.loss, .divergence, .forgetting] {
      let text = ([screen.border(panel)] + screen.inside(panel).prefix(1)).joined(separator: " ")
      for mark in ["●", "▲", "■"] {
        for part in text.split(separator: Character(mark)).dropFirst() where part.hasPrefix(" ") {
          #expect(part.dropFirst().first?.isLetter == true, "\(panel): \(text)")
        }
      }
    }
  }

  @Test func `Many points of noise are a light cloud around a strong line, not a block`() {
    var random = SplitMix64(seed: 3)
    let screen = screen(losses((0..<20_000).map { _ in 5 + random.normal() }))
    let plot = plot(screen)
    let frame = screen.frame
    let strong = (plot.x..<plot.maxX).map { x in
      (plot.y..<plot.maxY).filter { frame.cell(x: x, y: $0)?.style.role == .series1 }
    }
    #expect(strong.allSatisfy { (1...2).contains($0.count) }, "one line from left to right")
    #expect(frame.places(of: "⣿", in: plot).count < plot.columns, "hardly a full cell")
    #expect(faintCells(screen, in: plot) > 4 * plot.columns, "the cloud around it")
  }

  @Test func `The robust range leaves outliers out, points at them and says how far they go`() {
    var values = (0..<200).map { 1 + Double($0 % 10) / 10 }
    values[50] = 1e6
    values[120] = -40
    var screen = screen(losses(values))
    #expect(!screen.border(.loss).contains("95 %"))
    screen.press("R")
    #expect(
      screen.border(.loss).contains("5–95 % of values  ↑ max 1000000  ↓ min −40"), "\(screen.border(.loss))")
    let plot = plot(screen)
    #expect(screen.frame.places(of: "↑", in: plot).map(\.y) == [plot.y])
    #expect(screen.frame.places(of: "↓", in: plot).map(\.y) == [plot.maxY - 1])
    #expect(screen.inside(.loss).contains { $0.hasPrefix("1.") }, "\(screen.text)")
    screen.press("R")
    #expect(!screen.border(.loss).contains("95 %"))
  }

  @Test func `Few evaluations are marks, many are a line`() {
    func marks(every distance: Int) -> Int {
      let run = RunModel { log in
        for step in stride(from: 0, through: 100, by: distance) {
          log.eval(step: step, ["eval/old/accuracy": Double(step) / 100])
        }
      }
      var screen = Screen(run, columns: 80, rows: 24)
      screen.press("3", .enter)
      return screen.frame.places(of: "●", in: CellRect(x: 1, y: 4, columns: 78, rows: 18)).count
    }
    #expect(marks(every: 10) == 11)
    #expect(marks(every: 1) == 1, "at its end")
  }

  @Test func `Both infinities and NaN of one column are told apart`() {
    var values = Array(repeating: 1.0, count: 2000)
    (values[1000], values[1001], values[1002]) = (.nan, .infinity, -.infinity)
    let screen = screen(losses(values))
    let plot = plot(screen)
    let frame = screen.frame
    let x = column(of: 1000, last: 1999, in: plot)
    #expect(frame.cell(x: x, y: plot.y)?.content.character == "×")
    #expect(frame.cell(x: x, y: plot.y + 1)?.content.character == "∞")
    #expect(frame.cell(x: x, y: plot.maxY - 1)?.content.character == "∞")
  }
}
