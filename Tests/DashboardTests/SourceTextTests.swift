import CellCanvas
import RunFeed
import RunLog
import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct SourceTextTests {
  private func text(
    _ state: DashboardState, now: Double = 0, columns: Int = 60, glyphs: GlyphSet = .braille
  ) -> String {
    let text = SourceText.state(state, context: DrawContext(glyphs: glyphs, now: now))
    return FlexibleText.line([text], in: columns, gap: 0).map(\.text).joined()
  }

  private func run(_ source: SourceState, read: Int = 0, of total: Int? = nil, steps: Int = 3) -> RunModel {
    var log = SyntheticRun()
    for step in 0..<steps { log.train(step: step, ["loss": 1], time: 100 + Double(step)) }
    var batch = log.takeBatch(source: source)
    batch.status.bytesRead = read
    batch.status.bytesTotal = total
    var comparer = RunComparer()
    var run = RunModel(path: "run")
    run.apply(comparer.measure(batch))
    return run
  }

  @Test(arguments: [
    (SourceState.waitingForFile, "○ WAITING for the file", "○ WAITING"),
    (.removed, "○ REMOVED file is gone", "○ REMOVED"),
    (.ended, "○ ENDED", "○ ENDED"),
    (.failed("permission denied"), "✗ FAILED permission denied", "✗ FAILED"),
  ])
  func `What a source does, at length and in short`(source: SourceState, long: String, short: String) {
    let state = DashboardState(run: run(source))
    #expect(text(state) == long)
    #expect(text(state, columns: 10) == short)
  }

  @Test func `A run that is only listed says so until it is read`() {
    let state = DashboardState(run: RunModel(path: "run", isOpened: false))
    #expect(text(state) == "○ NOT READ")
  }

  @Test func `Reading tells how far it is`() {
    let half = DashboardState(run: run(.reading, read: 1_250_000, of: 2_500_000))
    #expect(text(half) == "● READING 50 %  1.25 MB of 2.5 MB")
    #expect(text(half, columns: 10) == "● 50 %")
    #expect(text(DashboardState(run: run(.reading, read: 5))) == "● READING")
    #expect(text(DashboardState(run: run(.reading, read: 5, of: 0))) == "● READING")
    #expect(text(DashboardState(run: run(.reading, read: 9, of: 3))) == "● READING 100 %  9 B of 3 B")
  }

  @Test func `Live, then stalled for so long`() {
    let state = DashboardState(run: run(.upToDate))
    #expect(text(state, now: 110) == "● LIVE")
    #expect(text(state, now: 132) == "● LIVE")
    #expect(text(state, now: 133) == "○ SILENT 31s")
    #expect(text(state, now: 102 + 1800) == "○ STALLED 30m")
    #expect(text(state, now: 102 + 1800, columns: 8) == "○ STALLED")
  }

  @Test func `What was silent for hours before anybody looked is an archive`() {
    let state = DashboardState(run: run(.upToDate))
    #expect(text(state, now: 102 + 3 * 3600) == "○ ENDED, last written to 3h ago")
    #expect(text(state, now: 102 + 3 * 3600, columns: 8) == "○ ENDED")
  }

  @Test func `An empty log, and one that does not tell its time`() {
    #expect(text(DashboardState(run: run(.upToDate, steps: 0))) == "○ EMPTY")
    let timeless = RunModel { $0.train(step: 1, ["loss": 1]) }
    #expect(text(DashboardState(run: timeless)) == "○ READ")
  }

  @Test func `A pause hides what the source does`() {
    var state = DashboardState(run: run(.upToDate))
    state.press(" ", now: 0, size: CellSize(columns: 80, rows: 24))
    #expect(text(state) == "‖ PAUSED")
  }

  @Test func `A replay says how fast it plays, once the run is there`() {
    let player = ReplayPlayer(speed: 2, isPlaying: true)
    #expect(text(DashboardState(run: run(.upToDate), replay: player)) == "▶ REPLAY ×2")
    #expect(text(DashboardState(run: run(.upToDate), replay: ReplayPlayer(speed: 0.5))) == "‖ REPLAY ×0.5")
    #expect(text(DashboardState(run: run(.upToDate), replay: player), glyphs: .ascii) == "> REPLAY x2")
    #expect(text(DashboardState(run: run(.reading), replay: player)) == "● READING")
  }

  @Test func `A reason from outside is made harmless`() {
    let state = DashboardState(run: run(.failed("a\u{1b}[2Jb\nc")))
    #expect(text(state) == "✗ FAILED a␛[2Jb⏎c")
  }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_234_567, "1.23 MB"), (120_000_000, "120 MB"),
    (9_000_000_000_000_000, "9000 TB"),
  ])
  func `Sizes in powers of ten`(bytes: Int, text: String) {
    #expect(DataSizeText.short(bytes) == text)
  }
}
