import CellCanvas
import RunFeed
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct SamplesPageTests {
  /// First words of the lines of the list.
  private func names(_ screen: Screen) -> [String] {
    screen.state.sampleList.states.map(\.key.name.label)
  }

  // MARK: - List

  @Test func `The list says of each sample what became of it`() {
    let rows = Screen.samples().rows.filter { $0.contains("old") }.map { row in
      row.replacing("│", with: "").replacing("▶", with: "").split(separator: " ").joined(separator: " ")
    }
    let early = rows.first { $0.hasPrefix("early") } ?? ""
    #expect(early.contains("0.79 → 0.05 −") && early.hasSuffix("cat → dog ✗ 1 1 10"), "a margin below 0")
    #expect(rows.first { $0.hasPrefix("kept") }?.hasSuffix("cat → cat ✓ 0 0 –") == true)
    #expect(rows.first { $0.hasPrefix("bare") }?.hasSuffix("– cat → cat 2 0 –") == true)
    #expect(Screen.samples().text.contains("samples  4, 2 forgotten so far  at step 20"))
  }

  @Test(
    arguments: [
      (0, "early"), (1, "late"), (2, "early"), (3, "early"), (4, "early"), (5, "bare"), (6, "early"),
      (7, "early"), (8, "bare"), (9, "early"),
    ])
  func `One key sorts by the next column, the heading says which and which way`(
    presses: Int, first: String
  ) {
    var screen = Screen.samples()
    for _ in 0..<presses { screen.press("s") }
    let column = SampleColumn.divergence.next(by: presses)
    #expect(screen.state.sample.order.column == column)
    #expect(names(screen).first == first)
    let arrow = column.isRising ? "↑" : "↓"
    #expect(screen.rows.dropFirst(2).first?.contains(arrow) == true)
    screen.press("S")
    #expect(screen.rows.dropFirst(2).first?.contains(arrow) == false)
    screen.press("s")
    #expect(screen.state.sample.order == SampleOrder(column: column.next(by: 1)))
  }

  @Test func `Samples without a value come last whichever way the list is sorted`() {
    var screen = Screen.samples()
    for _ in 0..<7 { screen.press("s") }
    #expect(names(screen).prefix(2) == ["early", "late"])
    screen.press("S")
    #expect(names(screen).prefix(2) == ["late", "early"])
  }

  @Test func `Rows are sorted by number and names by their letters`() {
    let run = RunModel { log in
      log.logits(step: 0, (0..<12).map { _ in SyntheticSample(policy: [1, 0], reference: [0, 1]) })
    }
    var screen = Screen.samples(run)
    screen.state.sortSamples(by: .sample)
    #expect(screen.state.sample.order.column == .sample)
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
    var screen = Screen.samples()
    screen.filter(by: text)
    #expect(names(screen).sorted() == expected)
    screen.press(.enter)
    #expect(names(screen).sorted() == expected)
    if expected.isEmpty { #expect(screen.text.contains("no sample fits the filter")) }
  }

  @Test(arguments: [
    ("x>1", "“x” is none of D, change"), ("D>", "a number has to follow “D>”"), ("p<q", "a number"),
  ])
  func `What is no filter says why and leaves the list as it was`(text: String, complaint: String) {
    var screen = Screen.samples()
    screen.filter(by: "early")
    screen.press(.enter)
    screen.filter(by: " " + text)
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
    var screen = Screen.samples(run)
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
    var screen = Screen.samples()
    let heading = try #require(screen.rows.firstIndex { $0.contains("flips") })
    let flips = try #require(screen.rows[heading].firstRange(of: "flips"))
    let x = screen.rows[heading].distance(from: screen.rows[heading].startIndex, to: flips.lowerBound)
    screen.click(x: x, y: heading)
    #expect(screen.state.sample.order == SampleOrder(column: .flips))
    screen.click(x: x, y: heading)
    #expect(screen.state.sample.order == SampleOrder(column: .flips, isReversed: true))
    screen.click(x: 5, y: heading + 2)
    #expect(screen.state.sampleList.place == 1)
    screen.click(x: 5, y: heading + 3, .doubleClick)
    #expect(screen.state.samples.isOpen && screen.state.sampleList.place == 2)
  }

  @Test(arguments: [80, 120, 200])
  func `The keys one needs stand on the page`(columns: Int) {
    let list = Screen.samples(columns: columns).text
    for hint in ["s sort by next column", "S reverse", "/ filter", "Enter open"] {
      #expect(list.contains(hint))
    }
    let open = Screen.samples(columns: columns, keys: .enter).text
    for hint in ["Left Right evaluation", "p n sample", "Esc list"] { #expect(open.contains(hint)) }
    #expect(Screen.samples(replayAt: 10, columns: columns, keys: .enter).text.contains("Left Right step"))
  }

  // MARK: - Asked for from outside

  @Test func `A sample that was asked for is opened once it is there`() {
    var state = DashboardState(run: RunModel(path: "x"), replay: ReplayPlayer(step: .max))
    state.inspect("early", at: nil)
    #expect(state.page == .samples && !state.samples.isOpen)
    var log = SyntheticRun()
    log.logits(step: 4, [SyntheticSample("early", policy: [1, 0], reference: [0, 1])])
    var comparer = RunComparer()
    state.receive(comparer.measure(log.takeBatch()), now: 0)
    state.tick(now: 0)
    #expect(state.samples.isOpen && state.requestComplaint == nil)
  }

  @Test(
    arguments: [
      ("nobody", nil, "no sample “nobody”: the run has 4: bare, early, kept, late"),
      (nil, 99, "no step 99: the run has steps 0 to 20"), ("early", 10, nil), (nil, nil, nil),
    ] as [(String?, Int?, String?)])
  func `What is not there is told with what is`(name: String?, step: Int?, complaint: String?) {
    var screen = Screen(.forgetful, replayAt: step ?? .max, columns: 120, rows: 24)
    screen.state.inspect(name, at: step)
    #expect(screen.state.requestComplaint == complaint)
    if let complaint {
      #expect(screen.text.contains(complaint))
      screen.press(.escape)
      #expect(screen.state.requestComplaint == nil && screen.state.page == .samples)
    }
  }

  @Test func `Overview and page look at one sample, in one order, through one filter`() {
    var screen = Screen(.forgetful, columns: 120, rows: 36)
    #expect(screen.border(.sample).contains("1 of 4 by divergence"))
    screen.press("n", "n")
    let chosen = screen.state.chosenSample?.sample.state.key
    #expect(screen.border(.sample).contains("3 of 4 by divergence"))
    screen.press("i")
    #expect(screen.state.sampleList.selected?.key == chosen && screen.state.sampleList.place == 2)
    screen.press(.enter)
    #expect(screen.state.inspectedSample?.state.key == chosen)
    screen.press(.enter, .up, "o")
    #expect(screen.border(.sample).contains("2 of 4 by divergence"))
    screen.state.page = .samples
    screen.state.sortSamples(by: .sample)
    screen.filter(by: "r")
    screen.press(.enter, "o")
    #expect(screen.border(.sample).contains("1 of 2 by name"), "bare, early")
    #expect(screen.inside(.sample).first?.contains("bare") == true)
    screen.state.page = .samples
    screen.filter(by: "z")
    screen.press(.enter, "o")
    #expect(screen.text.contains("no sample fits the filter"))
    screen.press("w")
    #expect(screen.border(.sample).contains("1 of 4 by divergence"))
  }
}
