import CellCanvas
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct SamplesPageTests {
  /// Four samples over three evaluations: `early` is forgotten at 10, `late` at 20, `kept` never, `bare` has no target.
  private static let story: RunModel = RunModel { log in
    let tops = ["early": [0, 1, 1], "late": [0, 0, 2], "kept": [0, 0, 0], "bare": [0, 1, 0]]
    for (index, step) in [0, 10, 20].enumerated() {
      log.logits(
        step: step, set: "old",
        tops.sorted { $0.key < $1.key }.map { name, tops in
          var policy = [0.0, 0, 0]
          policy[tops[index]] = 1 + Double(index)
          return SyntheticSample(
            name, policy: [policy], reference: [[2, 0, 0]], targets: [name == "bare" ? -1 : 0])
        }, labels: ["cat", "dog", "hen"])
    }
  }

  private func screen(
    _ run: RunModel = story, replayAt step: Int? = nil, columns: Int = 120, rows: Int = 24, keys: Key...
  ) -> Screen {
    var screen = Screen(run, replayAt: step, columns: columns, rows: rows)
    screen.press("i")
    for key in keys { screen.press(key) }
    return screen
  }

  /// First words of the lines of the list.
  private func names(_ screen: Screen) -> [String] {
    screen.state.sampleList.states.map(\.key.name.label)
  }

  private func type(_ text: String, into screen: inout Screen) {
    screen.press("/")
    for character in text { screen.press(.character(character)) }
  }

  // MARK: - List

  @Test func `The list says of each sample what became of it`() {
    let rows = screen().rows.filter { $0.contains("old") }.map { row in
      row.replacing("│", with: "").replacing("▶", with: "").split(separator: " ").joined(separator: " ")
    }
    #expect(rows.first { $0.hasPrefix("early") }?.hasSuffix("0.79 → 0.05 cat → dog ✗ 1 1 10") == true)
    #expect(rows.first { $0.hasPrefix("kept") }?.hasSuffix("cat → cat ✓ 0 0 –") == true)
    #expect(rows.first { $0.hasPrefix("bare") }?.hasSuffix("– cat → cat 2 0 –") == true)
    #expect(screen().text.contains("samples  4, 2 forgotten so far  at step 20"))
  }

  @Test(
    arguments: [
      (0, "early"), (1, "late"), (2, "early"), (3, "early"), (4, "bare"), (5, "early"), (6, "early"),
      (7, "bare"), (8, "early"),
    ])
  func `One key sorts by the next column, the heading says which and which way`(
    presses: Int, first: String
  ) {
    var screen = screen()
    for _ in 0..<presses { screen.press("s") }
    let column = SampleColumn.divergence.next(by: presses)
    #expect(screen.state.samples.order.column == column)
    #expect(names(screen).first == first)
    let arrow = column.isRising ? "↑" : "↓"
    #expect(screen.rows.dropFirst(2).first?.contains(arrow) == true)
    screen.press("r")
    #expect(screen.rows.dropFirst(2).first?.contains(arrow) == false)
    screen.press("S")
    #expect(screen.state.samples.order == SampleOrder(column: column.next(by: -1)))
  }

  @Test func `Samples without a value come last whichever way the list is sorted`() {
    var screen = screen()
    for _ in 0..<6 { screen.press("s") }
    #expect(names(screen).prefix(2) == ["early", "late"])
    screen.press("r")
    #expect(names(screen).prefix(2) == ["late", "early"])
  }

  @Test func `Rows are sorted by number and names by their letters`() {
    let run = RunModel { log in
      log.logits(step: 0, (0..<12).map { _ in SyntheticSample(policy: [1, 0], reference: [0, 1]) })
    }
    var screen = screen(run)
    screen.press("S", "S")
    #expect(screen.state.samples.order.column == .sample)
    #expect(names(screen) == (0..<12).map { "row \($0)" })
  }

  @Test(
    arguments: [
      ("forgotten", ["early", "late"]), ("flipped", ["early", "late"]), ("right", ["kept"]),
      ("wrong", ["early", "late"]), ("ear", ["early"]), ("OLD", ["bare", "early", "kept", "late"]),
      ("hen", ["late"]), ("D>0.9 forgotten", ["early", "late"]), ("first<=10", ["early"]),
      ("flips>=2", ["bare"]),
      ("p<0.5", ["early", "late"]), ("base>0.5 p>0.9", ["kept"]), ("forgot=0", ["bare", "kept"]),
      ("forgot!=0 late", ["late"]), ("nothing", []),
    ] as [(String, [String])])
  func `Terms of the filter all have to hold`(text: String, expected: [String]) {
    var screen = screen()
    type(text, into: &screen)
    #expect(names(screen).sorted() == expected)
    screen.press(.enter)
    #expect(names(screen).sorted() == expected)
    if expected.isEmpty { #expect(screen.text.contains("no sample fits the filter")) }
  }

  @Test(arguments: [
    ("x>1", "“x” cannot be compared"), ("D>", "a number has to follow “D>”"), ("p<q", "a number"),
  ])
  func `What is no filter says why and leaves the list as it was`(text: String, complaint: String) {
    var screen = screen()
    type("early", into: &screen)
    screen.press(.enter)
    type(" " + text, into: &screen)
    #expect(screen.text.contains(complaint))
    screen.press(.escape)
    #expect(screen.state.prompt == nil && names(screen) == ["early"])
    screen.press(.escape)
    #expect(names(screen).count == 4)
    screen.press(.escape)
    #expect(screen.state.page == .overview)
  }

  @Test func `The cursor stays on its sample, stops at the ends and is always in sight`() {
    let run = RunModel { log in
      log.logits(
        step: 0,
        (0..<50).map { SyntheticSample("s\($0)", policy: [Double($0) / 10, 0], reference: [0, 0]) })
    }
    var screen = screen(run)
    screen.press("k")
    #expect(screen.state.sampleList.place == 0)
    screen.press("j", "j", .pageDown, .pageDown)
    #expect(screen.state.sampleList.place == 22)
    #expect(screen.text.contains("▶ s27"))
    screen.press("G", "j")
    #expect(screen.text.contains("▶ s0") && screen.state.sampleList.place == 49)
    screen.press("g")
    #expect(screen.text.contains("▶ s49"))
    let top = screen.state.samples.top
    screen.press("j")
    #expect(screen.state.samples.top == top)
  }

  @Test func `The mouse sorts by a heading, chooses a line and opens it`() throws {
    var screen = screen()
    let heading = try #require(screen.rows.firstIndex { $0.contains("flips") })
    let flips = try #require(screen.rows[heading].firstRange(of: "flips"))
    let x = screen.rows[heading].distance(from: screen.rows[heading].startIndex, to: flips.lowerBound)
    screen.click(x: x, y: heading)
    #expect(screen.state.samples.order == SampleOrder(column: .flips))
    screen.click(x: x, y: heading)
    #expect(screen.state.samples.order == SampleOrder(column: .flips, isReversed: true))
    screen.click(x: 5, y: heading + 2)
    #expect(screen.state.sampleList.place == 1)
    screen.click(x: 5, y: heading + 3, .doubleClick)
    #expect(screen.state.samples.isOpen && screen.state.sampleList.place == 2)
  }

  @Test(arguments: [80, 120, 200])
  func `The keys one needs stand on the page`(columns: Int) {
    let list = screen(columns: columns).text
    for hint in ["s sort by next column", "r reverse", "/ filter", "Enter open"] {
      #expect(list.contains(hint))
    }
    let open = screen(columns: columns, keys: .enter).text
    for hint in ["Left Right evaluation", "p n sample", "Esc list"] { #expect(open.contains(hint)) }
    #expect(screen(replayAt: 10, columns: columns, keys: .enter).text.contains("Left Right step"))
  }

  // MARK: - One sample

  @Test func `One sample has numbers, bars, ranks and its history`() {
    var screen = screen()
    type("early", into: &screen)
    screen.press(.enter, .enter)
    let text = screen.text
    for part in [
      "early  set old", "step 20  evaluation 3 of 3", "top-1 flipped: cat → dog ✗ wrong", "◆ target cat",
      "forgotten first at step 10, once so far", "top-1 changed once", "target p  0.0", "1 → 2",
      "p·log p/q",
    ] { #expect(text.contains(part), "\(part)") }
    screen.press(.escape)
    #expect(!screen.state.samples.isOpen && screen.state.page == .samples)
  }

  @Test(arguments: [nil, 20])
  func `Bars and numbers follow the evaluations back and forth`(replay: Int?) {
    var screen = screen(replayAt: replay)
    type("early", into: &screen)
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
    var screen = screen(keys: "[")
    #expect(screen.text.contains("as it was at step 10"))
    #expect(screen.text.contains("4, 1 forgotten so far"))
    screen.press("]")
    #expect(screen.state.charts.cursor == nil)
    screen.press("[", .escape)
    #expect(screen.text.contains("at step 20") && screen.state.page == .samples)
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
    var screen = screen(run, keys: .enter)
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
    var measurer = RunMeasurer()
    for step in 0..<20 {
      var log = SyntheticRun()
      log.logits(step: step, [SyntheticSample("a", policy: [Double(step), 0], reference: [0, 0])])
      run.apply(measurer.measure(log.takeBatch()))
    }
    var screen = screen(run, keys: .enter)
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
    let screen = screen(run, columns: size.0, rows: size.1, keys: .enter)
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
        let bar = glyphs.box.vertical
        #expect(screen.rows.dropFirst(3).prefix(4).allSatisfy { $0.last == bar }, "\(screen.text)")
      }
    }
  }

  @Test func `The three rows of the softmax example look as they are`() {
    var screen = screen(SampleRun.seedExample.run, replayAt: 0, columns: 120, rows: 30)
    type("overtaken", into: &screen)
    screen.press(.enter, .enter)
    // softmax [1, 3, 0.5, 2]
    for row in ["B .*0.63", "D .*0.23", "A .*0.09", "C .*0.05"] {
      #expect(screen.rows.contains { (try? Regex(row).firstMatch(in: $0)) != nil }, "\(row)")
    }
  }

  // MARK: - Asked for from outside

  @Test func `A sample that was asked for is opened once it is there`() {
    var state = DashboardState(run: RunModel(path: "x"), replay: ReplayPlayer(step: .max))
    state.inspect("early", at: nil)
    #expect(state.page == .samples && !state.samples.isOpen)
    var log = SyntheticRun()
    log.logits(step: 4, [SyntheticSample("early", policy: [1, 0], reference: [0, 1])])
    var measurer = RunMeasurer()
    state.receive(measurer.measure(log.takeBatch()), now: 0)
    state.tick(now: 0)
    #expect(state.samples.isOpen && state.requestComplaint == nil)
  }

  @Test(
    arguments: [
      ("nobody", nil, "no sample “nobody”: the run has 4, bare, early, kept, late"),
      (nil, 99, "no step 99: the run has steps 0 to 20"), ("early", 10, nil), (nil, nil, nil),
    ] as [(String?, Int?, String?)])
  func `What is not there is told with what is`(name: String?, step: Int?, complaint: String?) {
    var screen = Screen(Self.story, replayAt: step ?? .max, columns: 120, rows: 24)
    screen.state.inspect(name, at: step)
    #expect(screen.state.requestComplaint == complaint)
    if let complaint {
      #expect(screen.text.contains(complaint))
      screen.press(.escape)
      #expect(screen.state.requestComplaint == nil && screen.state.page == .samples)
    }
  }
}
