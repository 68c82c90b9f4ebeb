import CNcurses
import CTerminalGuard
package import CellCanvas

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The owner of the screen: shows frames and hears keys, and gives the screen back at its end.
///
/// There is one at a time, and it stays on the thread that made it, as ncurses asks. The screen is also given back on
/// `exit`, after a trap and after a signal; what the process writes to standard error meanwhile is shown afterwards.
package struct Terminal: ~Copyable {
  /// The most colours that the terminal can show.
  package var colorDepth: ColorDepth { pairs.depth }
  /// In cells, as of the last event.
  package internal(set) var size: CellSize

  let streams: TerminalStreams
  private let screen: OpaquePointer
  let restoring: [UInt8]
  private let hasSecondScreen: Bool
  private var pairs: ColorPairs
  private var attributes: CellAttributes?
  var shown: CellGrid?
  var clicks = ClickCounter()
  var pendingSignals = PendingSignals()

  /// Takes the screen.
  ///
  /// The locale of the process is set to that of the setup.
  package init(_ setup: TerminalSetup = TerminalSetup()) throws(TerminalError) {
    _ = LocaleCodeset.current(locale: setup.locale)
    let streams = try TerminalStreams(input: setup.input, output: setup.output)
    let code = terminal_guard_start(streams.outputDescriptor)
    guard code == 0 else {
      streams.closeBoth()
      throw code == EBUSY ? .alreadyOpen : .system(errno: code)
    }
    do throws(TerminalError) {
      screen = try Terminal.startScreen(streams, setup: setup)
    } catch {
      terminal_guard_end()
      streams.closeBoth()
      throw error
    }
    self.streams = streams
    pairs = ColorPairs()
    hasSecondScreen = RestoreSequence.capability("rmcup") != nil
    restoring = RestoreSequence.ofCurrentTerminal(withMouse: setup.usesMouse)
    size = Terminal.currentSize()
    terminal_guard_take_screen(restoring, restoring.count)
  }

  private static func startScreen(
    _ streams: TerminalStreams, setup: TerminalSetup
  ) throws(TerminalError) -> OpaquePointer {
    let name = setup.kind ?? getenv("TERM").map { String(cString: $0) } ?? ""
    use_tioctl(true)
    guard !name.isEmpty, let screen = newScreen(name, streams, setup: setup) else {
      throw .unknownTerminal(name: name)
    }
    guard RestoreSequence.capability("cup") != nil else {
      endwin()
      delscreen(screen)
      throw .unsuitableTerminal(name: name)
    }
    // A lone Escape counts as one after 25 ms: terminals send the rest of a sequence at once.
    set_escdelay(25)
    cbreak()
    noecho()
    nonl()
    kltop_prepare_input()
    curs_set(0)
    if setup.usesMouse {
      mousemask(kltop_mouse_buttons(), nil)
      // Presses are told at once instead of waiting whether they become clicks.
      mouseinterval(0)
    }
    return screen
  }

  /// A screen with 24-bit colours where they were promised, else with those that the terminal's description knows.
  private static func newScreen(
    _ name: String, _ streams: TerminalStreams, setup: TerminalSetup
  ) -> OpaquePointer? {
    func screen() -> OpaquePointer? { name.withCString { newterm($0, streams.output, streams.input) } }
    guard setup.hasDirectColors, let description = TerminalDescription.withDirectColors(of: name) else {
      return screen()
    }
    return TerminalDescription.using(description, screen) ?? screen()
  }

  deinit {
    leaveScreen()
    terminal_guard_give_back_screen()
    terminal_guard_end()
    delscreen(screen)
    streams.closeBoth()
  }

  /// Gives the screen back where it is not; from the background only its contents, because the modes are another's.
  func leaveScreen() {
    if isendwin() { return }
    if TerminalDevice.isForeground(streams.outputDescriptor) {
      endwin()
      // Without a second screen the frame stays, and the shell goes on below it.
      if !hasSecondScreen { write(streams.outputDescriptor, "\r\n", 2) }
    } else {
      write(streams.outputDescriptor, restoring, restoring.count)
    }
  }

  static func currentSize() -> CellSize {
    var rows: Int32 = 0
    var columns: Int32 = 0
    kltop_screen_size(&rows, &columns)
    return CellSize(columns: Int(columns), rows: Int(rows))
  }
}

extension Terminal {
  /// Shows a grid, writing only what differs from what is shown; parts beyond the screen are clipped, and where the grid
  /// ends the screen is blank.
  ///
  /// A depth beyond the terminal's own is lowered to that.
  package mutating func show(_ grid: CellGrid, theme: Theme, depth: ColorDepth) {
    let depth = min(depth, colorDepth)
    if attributes?.theme != theme || attributes?.depth != depth {
      attributes = CellAttributes(theme: theme, depth: depth)
      shown = nil
    }
    let frame = grid.size == size ? grid : resized(grid)
    for y in 0..<size.rows { putRow(y, of: frame) }
    shown = frame
    kltop_refresh()
  }

  private func resized(_ grid: CellGrid) -> CellGrid {
    var frame = CellGrid(size: size)
    for y in 0..<min(size.rows, grid.size.rows) {
      for (x, cell) in grid.row(y).enumerated() where !cell.content.isRightHalf {
        frame.set(x: x, y: y, cell)
      }
    }
    return frame
  }

  private mutating func putRow(_ y: Int, of frame: CellGrid) {
    guard var attributes else { return }
    let row = frame.row(y)
    let before = shown?.row(y)
    guard row != before else { return }
    for index in row.indices {
      let cell = row[index]
      if cell == before?[index] || cell.content.isRightHalf { continue }
      let rendition = attributes.rendition(of: cell.style, pairs: &pairs)
      CellWriter.put(cell.content, rendition, x: index - row.startIndex, y: y)
    }
    self.attributes = attributes
  }

  /// Writes every cell again at the next frame, for a screen that something else has written to.
  package mutating func repaint() {
    kltop_repaint_on_refresh()
  }
}
