import CellCanvas
import Dashboard
import NcursesTerminal
import RunAnalysis
import RunFeed
import RunLog
import RunModel
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one event loop: waits for a key, a batch or a tick, applies it, and draws if something changed.
///
/// It owns the state and the screen; files are read by the reader's thread, which hands over values.
struct DashboardLoop: ~Copyable {
  private var state: DashboardState
  private var terminal: Terminal
  private var sources: RunSources
  /// Tells of runs that come while others are watched; `nil` where none is to be added.
  var finder: RunFinder?
  /// How runs that come are read.
  var options: RunOptions?
  /// Ends as soon as everything is read where a budget is about nothing in it.
  var endsForUnknownBudgets = false
  /// Tells of findings beside the screen; `nil` where nobody wants that.
  var herald: FindingHerald?
  /// Called whenever something happens, with the signal that ends the screen where one does.
  var eachTurn: ((QuitReason?) -> Void)?
  /// Seconds of silence from which on a run is stalled, where the user says it.
  var stall: Double?
  private let glyphs: GlyphSet
  private let theme: Theme
  private let depth: ColorDepth

  init(
    state: DashboardState, sources: RunSources, glyphs: GlyphSet, theme: Theme, depth: ColorDepth
  ) throws(TerminalError) {
    self.state = state
    self.sources = sources
    self.glyphs = glyphs
    self.theme = theme
    terminal = try Terminal(TerminalSetup(hasDirectColors: depth == .direct))
    if let assumption = terminal.assumption {
      self.state.help.assumptions.append(assumption)
      self.depth = depth == .none ? depth : max(depth, terminal.colorDepth)
    } else {
      self.depth = depth
    }
  }

  /// Runs until the user quits or the terminal is gone.
  ///
  /// - Returns: what is wrong with a budget, where that ended it.
  mutating func run() -> String? {
    var complaint: String?
    draw()
    while !state.wantsToQuit, complaint == nil {
      let ticked = !wait()
      eachTurn?(nil)
      let now = SystemClock.secondsSince1970()
      let heard = takeInput(now: now)
      for request in state.takeRequests() { answer(request, now: now) }
      let received = takeBatches(now: now)
      takeRuns()
      if received { complaint = unknownBudget }
      if received || ticked { tell(now: now) }
      if heard || received || ticked {
        state.tick(now: now)
        draw()
      }
    }
    finder?.stop()
    sources.stop()
    herald?.finish(patience: 0)
    return complaint
  }

  /// Tells of what was found since the last time, of every run that is read.
  private mutating func tell(now: Double) {
    guard herald != nil else { return }
    var bytes: [UInt8] = []
    for run in state.runs.runs where run.run.lastStep != nil && !run.run.isReading {
      // Of an archive nobody wants to hear that it stands still.
      let stalled = run.hasGrown ? run.state(now: now, stall: stall).findings(of: run.run) : []
      let own = herald?.tell(run.live.findings() + stalled, of: run.run) ?? []
      // One bell is enough for several runs.
      if bytes.isEmpty { bytes = own }
    }
    if !bytes.isEmpty { terminal.send(bytes) }
  }

  private var unknownBudget: String? {
    guard endsForUnknownBudgets, !state.run.isReading,
      let found = state.runs.current.live.findings().first(where: {
        $0.code == .budgetUnknown && $0.severity == .warning
      })
    else { return nil }
    return found.message
  }

  /// Waits for a key, a batch or the next tick; false where only time passed.
  private func wait() -> Bool {
    let descriptors =
      [terminal.inputDescriptor, terminal.signalDescriptor] + sources.wakeDescriptors
      + [finder?.wakeDescriptor].compactMap(\.self)
    var questions = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let timeout = state.nextTick.map { Int32(($0 * 1000).rounded(.up)) } ?? -1
    return poll(&questions, nfds_t(questions.count), timeout) != 0
  }

  private mutating func takeInput(now: Double) -> Bool {
    var heard = false
    // A terminal that is gone says so again and again.
    while !state.wantsToQuit, let event = terminal.nextEvent() {
      heard = true
      switch event {
      case .key(let key): state.press(key, now: now, size: terminal.size)
      case .mouse(let mouse): state.click(mouse, now: now, size: terminal.size)
      case .quit(let reason):
        eachTurn?(reason)
        state.quit()
      case .resize, .resumed: break
      }
    }
    return heard
  }

  /// Does what the user asked for with the screen as it was then, and says so on it.
  private mutating func answer(_ request: ScreenRequest, now: Double) {
    let grid = frame()
    switch request {
    case .copyFrame:
      let isSent = terminal.copyToClipboard(FrameText.plain(grid, isASCII: glyphs.isASCII))
      state.tell(
        isSent
          ? "sent to the terminal's clipboard, as text" : "this terminal has no clipboard: Y writes a file",
        now: now)
    case .saveFrame:
      do throws(Errno) {
        let picture = FrameSVG.text(grid, theme: theme, title: "kltop \(state.run.path)")
        state.tell("written: \(try FrameFile.save(picture, now: now))", now: now)
      } catch {
        state.tell("cannot write a picture here: \(error)", now: now)
      }
    }
  }

  /// Applies what was read, for so long that a key is still answered at once.
  private mutating func takeBatches(now: Double) -> Bool {
    var received = false
    for _ in 0..<Self.batchesPerTurn {
      guard let (run, news) = sources.take() else { break }
      switch news {
      case .records(let measured): state.receive(measured, ofRun: run, now: now)
      case .logitsFile(let news): state.receive(news, ofRun: run)
      case .folder(let news): state.receive(news, ofRun: run)
      }
      received = true
    }
    return received
  }

  private static let batchesPerTurn = 2

  /// Adds runs that came, and opens the one that is looked at. Where the system has no more threads, a run stays listed.
  private mutating func takeRuns() {
    for entry in finder?.take() ?? [] {
      guard let run = options?.loading(entry) else { continue }
      _ = state.add(run.listed)
      try? sources.add(run)
    }
    try? sources.open(state.runs.selected)
  }

  private mutating func draw() {
    state.frameChanged(cells: terminal.show(frame(), theme: theme, depth: depth))
  }

  private func frame() -> CellGrid {
    DashboardView.draw(
      state, size: terminal.size, context: DrawContext(glyphs: glyphs, now: SystemClock.secondsSince1970()))
  }
}
