import CellCanvas
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct SamplePanelTests {
  private func screen(
    _ samples: [SyntheticSample], labels: [String] = [], columns: Int = 80, rows: Int = 24,
    glyphs: GlyphSet = .braille
  ) -> Screen {
    let run = RunModel { $0.logits(step: 3, set: "old", samples, labels: labels) }
    var screen = Screen(run, columns: columns, rows: rows, glyphs: glyphs)
    screen.press("5", .enter)
    return screen
  }

  /// The numbers of the table: label, base, tuned and Δp of each row.
  private func table(_ screen: Screen) -> [[String]] {
    let rows = screen.inside(.sample).drop {
      !$0.contains("base") || !$0.contains("tuned") || $0.contains("entropy")
    }
    return rows.dropFirst().filter { !$0.isEmpty }.map { row in
      let text = row.map { "▏▎▍▌▋▊▉█".contains($0) ? " " : $0 }
      let words = String(text).split(separator: " ").map(String.init)
      // A label may have a second word; behind Δp wide tables have more columns.
      let numbers = words.indices.dropFirst().first { words[$0].contains(".") || words[$0] == "NaN" } ?? 1
      return Array(words.prefix(numbers + 3))
    }
  }

  private func sums(_ table: [[String]]) -> (base: Double, tuned: Double) {
    table.reduce((0, 0)) {
      ($0.0 + (Double($1[$1.count - 3]) ?? .nan), $0.1 + (Double($1[$1.count - 2]) ?? .nan))
    }
  }

  @Test func `Base and tuned model side by side, the largest contribution first`() {
    let screen = screen(
      [SyntheticSample("s", policy: [[0, 3, 0]], reference: [[3, 0, 0]], targets: [0])],
      labels: ["cat", "dog", "hen"])
    let text = screen.text
    #expect(screen.border(.sample).contains("sample  1 of 1 by divergence"))
    #expect(text.contains("s  set old  eval step 3"))
    #expect(text.contains("D(policy‖reference) 2.59 nats  ◆ target cat"))
    #expect(text.contains("⇄ top-1 flipped: cat → dog"))
    #expect(
      table(screen) == [
        ["dog", "0.05", "0.91", "+0.86"], ["◆cat", "0.91", "0.05", "−0.86"], ["hen", "0.05", "0.05", "0.00"],
      ])
  }

  @Test func `A likeliest class that is the same is no flip`() {
    let text = screen([SyntheticSample("s", policy: [2, 1], reference: [3, 0])], labels: ["cat", "dog"]).text
    #expect(text.contains("top-1 kept: cat") && !text.contains("flipped"))
  }

  @Test func `The likeliest class of each model stands out without colour`() {
    let screen = screen([SyntheticSample("s", policy: [0, 3], reference: [3, 0])])
    let frame = screen.frame
    let marked = (0..<24).flatMap { y in
      (0..<80).filter { frame.cell(x: $0, y: y)?.style.underlined == true }.map { CellPlace(x: $0, y: y) }
    }
    #expect(Set(marked.map(\.y)).count == 2)
    let texts = Set(marked.map(\.y)).sorted().map { y in
      marked.filter { $0.y == y }.compactMap { frame.cell(x: $0.x, y: y)?.content.character }
    }
    #expect(texts.allSatisfy { String($0) == "0.95" })
  }

  @Test func `Two classes`() {
    let rows = table(screen([SyntheticSample("s", policy: [1, 0], reference: [0, 0])]))
    #expect(rows == [["0", "0.50", "0.73", "+0.23"], ["1", "0.50", "0.27", "−0.23"]])
  }

  @Test(arguments: [(80, 24), (36, 20), (120, 60)])
  func `Columns add up to one with the rest of a large vocabulary`(size: (Int, Int)) {
    var random = SplitMix64(seed: 9)
    let reference = (0..<151_936).map { _ in random.normal() }
    var policy = reference
    policy[70_000] += 14
    policy[3] += 9
    let screen = screen(
      [SyntheticSample("s", policy: [policy], reference: [reference], targets: [151_935])], columns: size.0,
      rows: 70)
    let rows = table(screen)
    #expect(rows.first?.first == "70000")
    #expect(rows.last.map { $0[$0.count - 3] } == "1.00", "the base model is spread over the vocabulary")
    #expect(rows.contains { $0.first == "◆151935" || $0.first?.hasPrefix("◆15") == true })
    let sums = sums(rows)
    #expect(abs(sums.base - 1) < 0.02 && abs(sums.tuned - 1) < 0.02, "\(sums)")
    #expect(rows.count == 4, "two entries that one model likes, the target, and the rest: \(rows)")
    #expect(screen.text.contains("token") && screen.text.contains("other"))
  }

  @Test func `What both models say and the target are seen however few rows fit`() {
    // Nine classes change a lot; the likeliest one of both models and the target hardly do.
    let reference = [3.0, 0] + Array(repeating: 0, count: 9) + [-3]
    let policy = [3.4, 3.5] + (0..<9).map { 2.5 + Double($0) / 10 } + [-3]
    let screen = screen(
      [SyntheticSample("s", policy: [policy], reference: [reference], targets: [11])], rows: 13)
    let rows = table(screen)
    #expect(rows.count < 6)
    #expect(Set(["0", "1", "◆11"]).isSubset(of: rows.map { $0[0] }), "\(rows)")
  }

  @Test func `A long table scrolls to its end and no further`() {
    let logits = (0..<25).map { Double($0) / 10 }
    var screen = screen([SyntheticSample("s", policy: logits.reversed(), reference: logits)])
    let first = table(screen)
    for _ in 0..<100 { screen.press("j") }
    let last = table(screen)
    #expect(first.count == last.count)
    #expect(first != last)
    #expect(Set((first + last).map { $0[0] }).count == 25)
  }

  @Test func `A row that is not a number says so`() {
    let rows = table(screen([SyntheticSample("s", policy: [.nan, 1], reference: [0, 0])]))
    #expect(rows.allSatisfy { $0.contains("NaN") })
  }

  @Test func `Classes that one model excludes`() {
    let text = screen([SyntheticSample("s", policy: [0, 0], reference: [0, -.infinity])]).text
    #expect(text.contains("D(policy‖reference) ∞ nats"))
    let ascii = screen([SyntheticSample("s", policy: [0, 0], reference: [0, -.infinity])], glyphs: .ascii)
      .text
    #expect(ascii.contains("D(policy||reference) inf nats"))
  }

  @Test func `A sample the mask leaves nothing of`() {
    let masked = SyntheticSample("s", policy: [[0, 1]], reference: [[1, 0]], mask: [false])
    let other = SyntheticSample("t", policy: [[0, 1]], reference: [[1, 0]], mask: [true])
    var screen = screen([masked, other])
    if !screen.text.contains("the mask leaves no row of this sample") { screen.press("n") }
    #expect(screen.text.contains("the mask leaves no row of this sample"))
  }

  @Test func `The token that is furthest apart, and its neighbours by key`() {
    var screen = screen([
      SyntheticSample("s", policy: [[0, 0], [0, 5], [0, 1]], reference: [[0, 0], [0, 0], [0, 0]])
    ])
    #expect(screen.text.contains("token 2 of 3"))
    screen.press(">")
    #expect(screen.text.contains("token 3 of 3"))
    screen.press("<", "<")
    #expect(screen.text.contains("token 1 of 3"))
  }

  @Test func `A row that cannot be compared is the one to look at`() {
    let screen = screen([SyntheticSample("s", policy: [[0, 5], [.nan, 0]], reference: [[0, 0], [0, 0]])])
    #expect(screen.text.contains("token 2 of 2"))
  }

  @Test func `The place of a sample is its place in the sorted list, equals by name`() {
    let sizes = [("c", 1.0), ("a", 1), ("d", 3), ("b", 1), ("e", .nan)]
    let run = RunModel {
      $0.logits(
        step: 3, sizes.map { SyntheticSample($0.0, policy: [$0.1, 0], reference: [0, 0]) })
    }
    var state = DashboardState(run: run)
    let list = state.sampleList.states
    #expect(list.map(\.key.name.label) == ["e", "d", "a", "b", "c"])
    #expect(state.chosenSample?.sample.state.key == list.first?.key)
    for (place, sample) in list.enumerated() {
      state.sample.choose(sample.key)
      #expect(state.chosenSample?.place == place && state.chosenSample?.sample.state.key == sample.key)
    }
  }

  private static let hostile = "\u{1b}[31mred\u{202e}\n\u{7}日本"

  @Test(arguments: [GlyphSet.braille, .ascii], [(30, 14), (80, 24), (120, 36)])
  func `Names from outside are made harmless`(glyphs: GlyphSet, size: (Int, Int)) {
    let names = (0..<3).map { "\($0)" + Self.hostile }
    let run = RunModel { log in
      log.notice(.run(RunDescription(name: Self.hostile, classes: names)))
      log.train(step: 0, ["loss" + Self.hostile: 1, "loss": 2])
      log.logits(
        step: 1, set: Self.hostile,
        [SyntheticSample(Self.hostile, policy: [0, 1, 2], reference: [0, 0, 0])],
        labels: names)
      log.notice(.rejected(reason: Self.hostile))
    }
    for panel in Panel.allCases {
      for maximised in [false, true] {
        var screen = Screen(run, columns: size.0, rows: size.1, glyphs: glyphs)
        screen.state.moveFocus(to: panel)
        screen.state.overview.isMaximised = maximised
        let scalars = screen.text.unicodeScalars.filter { $0 != "\n" }
        #expect(
          scalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && !(0x202a...0x202e).contains($0.value) }
        )
        if glyphs.isASCII { #expect(scalars.allSatisfy { $0.isASCII }) }
      }
    }
  }
}
