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
  /// What was taken for a terminal that nothing is known about, in one line; `nil` where it is known.
  package let assumption: String?
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
  /// The locale of the process is set to that of the setup. A terminal that the machine does not know is drawn on as on
  /// xterm, which all terminals of today resemble.
  package init(_ setup: TerminalSetup = TerminalSetup()) throws(TerminalError) {
    _ = setup.locale.isEmpty ? CharacterLocale.user : CharacterLocale.set(setup.locale)
    let streams = try TerminalStreams(input: setup.input, output: setup.output)
    let code = terminal_guard_start(streams.outputDescriptor)
    guard code == 0 else {
      streams.closeBoth()
      throw code == EBUSY ? .alreadyOpen : .system(errno: code)
    }
    do throws(TerminalError) {
      (screen, assumption) = try Terminal.startScreen(streams, setup: setup)
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
  ) throws(TerminalError) -> (screen: OpaquePointer, assumption: String?) {
    let name = setup.kind ?? getenv("TERM").map { String(cString: $0) } ?? ""
    guard !name.isEmpty else { throw .unnamedTerminal }
    guard !withoutScreen.contains(name) else { throw .unsuitableTerminal(name: name) }
    use_tioctl(true)
    let known = newScreen(name, TerminalDescription.installed(name), streams, setup: setup)
    guard let screen = known ?? newAssumedScreen(streams, setup: setup) else {
      throw .unsuitableTerminal(name: name)
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
    return (screen, known == nil ? assumption(about: name) : nil)
  }

  private static func assumption(about name: String) -> String {
    let carried = TerminalDescription.carriedName
    return name == carried
      ? "no description of TERM=\(name) is installed: the program's own is used"
      : "TERM=\(name) is not known here: drawn as on \(carried)"
  }

  /// What programs call terminals that show lines of text and no screens.
  private static let withoutScreen: Set<String> = ["dumb", "unknown"]

  /// A screen with 24-bit colours where they were promised, else with those that the terminal's description knows.
  private static func newScreen(
    _ name: String, _ description: @autoclosure () -> [UInt8]?, _ streams: TerminalStreams,
    setup: TerminalSetup
  ) -> OpaquePointer? {
    func screen() -> OpaquePointer? { name.withCString { newterm($0, streams.output, streams.input) } }
    guard setup.hasDirectColors, let bytes = description(),
      let withColors = CompiledDescription(bytes)?.withDirectColors()
    else { return screen() }
    return TerminalDescription.using(withColors, screen) ?? screen()
  }

  /// A screen from the description that the program carries.
  private static func newAssumedScreen(_ streams: TerminalStreams, setup: TerminalSetup) -> OpaquePointer? {
    let (name, bytes) = (TerminalDescription.carriedName, TerminalDescription.carried)
    return TerminalDescription.using(bytes) { newScreen(name, bytes, streams, setup: setup) }
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
  /// - Returns: how many cells were written.
  @discardableResult
  package mutating func show(_ grid: CellGrid, theme: Theme, depth: ColorDepth) -> Int {
    let depth = min(depth, colorDepth)
    if attributes?.theme != theme || attributes?.depth != depth {
      attributes = CellAttributes(theme: theme, depth: depth)
      shown = nil
    }
    let frame = grid.size == size ? grid : resized(grid)
    let written = (0..<size.rows).reduce(0) { $0 + putRow($1, of: frame) }
    shown = frame
    kltop_refresh()
    return written
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

  /// Returns how many cells differ from what is shown.
  private mutating func putRow(_ y: Int, of frame: CellGrid) -> Int {
    guard var attributes else { return 0 }
    let row = frame.row(y)
    let before = shown?.row(y)
    guard row != before else { return 0 }
    var written = 0
    for index in row.indices {
      let cell = row[index]
      if cell == before?[index] || cell.content.isRightHalf { continue }
      let rendition = attributes.rendition(of: cell.style, pairs: &pairs)
      CellWriter.put(cell.content, rendition, x: index - row.startIndex, y: y)
      written += 1
    }
    self.attributes = attributes
    return written
  }

  /// Writes every cell again at the next frame, for a screen that something else has written to.
  package mutating func repaint() {
    kltop_repaint_on_refresh()
  }
}
