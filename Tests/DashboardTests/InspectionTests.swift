import CellCanvas
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct InspectionTests {
  @Test func `One sample has numbers, bars, ranks and its history`() {
    var screen = Screen.samples()
    screen.filter(by: "early")
    screen.press(.enter, .enter)
    let text = screen.text
    for part in [
      "early  ● set old", "step 20  evaluation 3 of 3", "top-1 flipped: cat → dog ✗ wrong", "◆ target cat",
      "forgotten first at step 10, once so far", "top-1 changed once", "target p  0.0", "1 → 2",
      "p·log p/q",
    ] { #expect(text.contains(part), "\(part)") }
    screen.press(.escape)
    #expect(!screen.state.samples.isOpen && screen.state.page == .samples)
  }

  @Test(arguments: [nil, 20])
  func `Bars and numbers follow the evaluations back and forth`(replay: Int?) {
    var screen = Screen.samples(replayAt: replay)
    screen.filter(by: "early")
    screen.press(.enter, .enter)
    let now = screen.text
    if replay == nil { screen.press("[", .left) } else { screen.state.seek(to: 0) }
    #expect(
      screen.text.contains(replay == nil ? "back at step 0  evaluation 1 of 3" : "step 0  evaluation 1"))
    #expect(screen.text.contains("top-1 kept: cat ✓ right") && screen.text.contains("not forgotten so far"))
    screen.press("G")
    #expect(screen.text == now)
    screen.press("g")
    #expect(screen.text.contains("step 0  evaluation 1 of 3"))
  }

  @Test func `The list goes back in time too, and Esc comes back`() {
    var screen = Screen.samples(keys: "[")
    #expect(screen.text.contains("as it was at step 10"))
    #expect(screen.text.contains("4, 1 forgotten so far"))
    screen.press("]")
    #expect(screen.state.charts.cursor == nil)
    screen.press("[", .escape)
    #expect(screen.text.contains("at step 20") && screen.state.page == .samples)
  }

  @Test func `The open sample stays open where the filter or the past would hide it`() {
    var screen = Screen.samples()
    screen.filter(by: "wrong early")
    screen.press(.enter, .enter, "[", "[")
    #expect(screen.text.contains("┌ early") && screen.text.contains("not in the filter"))
    let run = RunModel { log in
      log.logits(step: 0, [SyntheticSample("a", policy: [1, 0], reference: [0, 0])])
      log.logits(step: 5, [SyntheticSample("b", policy: [3, 0], reference: [0, 0])])
    }
    screen = Screen.samples(run, keys: .enter)
    screen.state.charts.cursor = 2
    #expect(screen.text.contains("┌ b ") && screen.text.contains("not measured yet at step 2"))
  }

  @Test func `A list at a step is the list a run that ends there has`() {
    let whole = SampleRun.digitsSFT.run
    var random = SplitMix64(seed: 4)
    for _ in 0..<6 {
      let step = Int(random.next() % 201)
      let states = Screen(whole, replayAt: step).state.sampleList.states
      for state in states { #expect(state.step <= step && (state.record.firstForgotten ?? 0) <= step) }
      #expect(states.map(\.step).max() == step / 10 * 10)
    }
  }

  @Test func `Tokens of a sequence are marked by their divergence, and chosen by key and click`() {
    let run = RunModel { log in
      log.logits(
        step: 0,
        [
          SyntheticSample(
            "s", policy: [[0, 0], [0, 9], [0, 2]], reference: [[0, 0], [0, 0], [0, 0]], targets: [0, 1, 0])
        ], labels: ["cat", " dog "])
    }
    var screen = Screen.samples(run, keys: .enter)
    #expect(screen.text.contains("token 2 of 3"))
    #expect(screen.text.contains("cat ␣dog␣ cat"))
    #expect(screen.rows.contains { $0.contains("▁▁▁ █████ ") })
    screen.press(">")
    #expect(screen.text.contains("token 3 of 3"))
    screen.press("<", "<", "<")
    #expect(screen.text.contains("token 1 of 3"))
    let line = screen.rows.firstIndex { $0.contains("cat ␣dog␣ cat") } ?? 0
    screen.click(x: 8, y: line)
    #expect(screen.text.contains("token 2 of 3"))
  }

  @Test func `Bars that were let go are those of the nearest step that has them, and say so`() {
    var run = RunModel(path: "")
    run.keptPictureEntries = 60
    var comparer = RunComparer()
    for step in 0..<20 {
      var log = SyntheticRun()
      log.logits(step: step, [SyntheticSample("a", policy: [Double(step), 0], reference: [0, 0])])
      run.apply(comparer.measure(log.takeBatch()))
    }
    var screen = Screen.samples(run, keys: .enter)
    #expect(!screen.text.contains("not kept"))
    let key = SampleKey(probe: ProbeKey(phase: .eval, set: nil), name: .named("a"))
    let bare = (0..<19).last { run.measuredSample(key, at: $0)?.pictures.isEmpty == true }
    screen.state.charts.cursor = bare
    #expect(bare != nil && screen.text.contains("those of step \(bare ?? 0) were not kept, to save memory"))
    #expect(screen.text.contains("bars of step"))
  }

  @Test(arguments: [(80, 24), (120, 36), (200, 60)])
  func `Both columns of a large vocabulary add up to one, and the terms to the divergence`(size: (Int, Int)) {
    var random = SplitMix64(seed: 9)
    let reference = (0..<151_936).map { _ in random.normal() }
    var policy = reference
    policy[70_000] += 14
    policy[3] += 9
    let run = RunModel {
      $0.logits(step: 0, [SyntheticSample("s", policy: [policy], reference: [reference], targets: [151_935])])
    }
    let screen = Screen.samples(run, columns: size.0, rows: size.1, keys: .enter)
    #expect(screen.text.contains("70000") && screen.text.contains("token"))
    let picture = screen.state.inspectedSample?.picture?.picture
    let others = picture?.rest
    let mass = LogitsMath.logSoftmax(policy).map { LogitsMath.exp($0) }
    let base = LogitsMath.logSoftmax(reference).map { LogitsMath.exp($0) }
    let kept = Set(picture?.entries.map(\.index) ?? [])
    let tail = mass.indices.filter { !kept.contains($0) }
    #expect(abs((others?.policy ?? 0) - tail.reduce(0) { $0 + mass[$1] }) < 1e-9)
    #expect(abs((others?.reference ?? 0) - tail.reduce(0) { $0 + base[$1] }) < 1e-9)
    let sums = (picture?.entries ?? []).reduce((0.0, 0.0)) { ($0.0 + $1.reference, $0.1 + $1.policy) }
    #expect(sums.0 + (others?.reference ?? 0) == 1 && sums.1 + (others?.policy ?? 0) == 1)
  }

  @Test(arguments: [(30, 14), (80, 24), (120, 36)], [GlyphSet.braille, .ascii])
  func `Names from outside stay in their columns and are made harmless`(
    size: (Int, Int), glyphs: GlyphSet
  ) {
    let hostile = "\u{1b}[31mred\u{202e}\n\u{7}日本" + String(repeating: "wide", count: 30)
    let run = RunModel { log in
      for step in 0..<2 {
        log.logits(
          step: step, set: hostile,
          [SyntheticSample(hostile, policy: [Double(step), 1, 2], reference: [0, 0, 0])],
          labels: (0..<3).map { "\($0)" + hostile })
      }
    }
    for keys in [["i"], ["i", .enter]] as [[Key]] {
      var screen = Screen(run, columns: size.0, rows: size.1, glyphs: glyphs)
      for key in keys { screen.press(key) }
      let scalars = screen.text.unicodeScalars.filter { $0 != "\n" }
      #expect(scalars.allSatisfy { $0.value >= 0x20 && !(0x202a...0x202e).contains($0.value) })
      if glyphs.isASCII { #expect(scalars.allSatisfy { $0.isASCII }) }
      if size.0 >= 80 {
        // The border on the right is whole.
        #expect(
          screen.rows.dropFirst(3).prefix(4).allSatisfy { $0.last.map { "│┐┘┤|+".contains($0) } ?? false },
          "\(screen.text)")
      }
    }
  }

  @Test func `The three rows of the softmax example look as they are`() {
    var screen = Screen.samples(SampleRun.seedExample.run, replayAt: 0, columns: 120, rows: 30)
    screen.filter(by: "overtaken")
    screen.press(.enter, .enter)
    // softmax [1, 3, 0.5, 2]
    for row in ["B .*0.63", "D .*0.23", "A .*0.09", "C .*0.05"] {
      #expect(screen.rows.contains { (try? Regex(row).firstMatch(in: $0)) != nil }, "\(row)")
    }
  }
}
