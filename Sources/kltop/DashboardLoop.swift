import CellCanvas
import Dashboard
import NcursesTerminal
import RunLog
import RunModel

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
  private var source: RunSource
  private let glyphs: GlyphSet
  private let theme: Theme
  private let depth: ColorDepth

  init(
    state: DashboardState, source: RunSource, glyphs: GlyphSet, theme: Theme, depth: ColorDepth
  ) throws(TerminalError) {
    self.state = state
    self.source = source
    self.glyphs = glyphs
    self.theme = theme
    self.depth = depth
    terminal = try Terminal(TerminalSetup(hasDirectColors: depth == .direct))
  }

  /// Runs until the user quits or the terminal is gone.
  mutating func run() {
    draw()
    while !state.wantsToQuit {
      let ticked = !wait()
      let now = secondsSince1970()
      let heard = takeInput(now: now)
      let received = takeBatches(now: now)
      if heard || received || ticked {
        state.tick(now: now)
        draw()
      }
    }
    source.stop()
  }

  /// Waits for a key, a batch or the next tick; false where only time passed.
  private func wait() -> Bool {
    var sources = ([terminal.inputDescriptor, terminal.signalDescriptor] + source.wakeDescriptors).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let timeout = state.nextTick.map { Int32(($0 * 1000).rounded(.up)) } ?? -1
    return poll(&sources, nfds_t(sources.count), timeout) != 0
  }

  private mutating func takeInput(now: Double) -> Bool {
    var heard = false
    // A terminal that is gone says so again and again.
    while !state.wantsToQuit, let event = terminal.nextEvent() {
      heard = true
      switch event {
      case .key(let key): state.press(key, now: now, size: terminal.size)
      case .mouse(let mouse): state.click(mouse, now: now, size: terminal.size)
      case .quit: state.quit()
      case .resize, .resumed: break
      }
    }
    return heard
  }

  /// Applies what was read, for so long that a key is still answered at once.
  private mutating func takeBatches(now: Double) -> Bool {
    var received = false
    for _ in 0..<Self.batchesPerTurn {
      guard let news = source.take() else { break }
      switch news {
      case .records(let measured): state.receive(measured, now: now)
      case .logitsFile(let news): state.receive(news)
      }
      received = true
    }
    return received
  }

  private static let batchesPerTurn = 2

  private mutating func draw() {
    let context = DrawContext(glyphs: glyphs, now: secondsSince1970())
    let grid = DashboardView.draw(state, size: terminal.size, context: context)
    terminal.show(grid, theme: theme, depth: depth)
  }
}
