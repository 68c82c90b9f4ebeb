import CellCanvas
import Glibc
import TestSupport
import Testing

@testable import NcursesTerminal

/// ncurses has one current screen for the process: one test at a time.
@Suite(.serialized) struct TerminalTests {
  private func grid(_ text: String, style: Style = .text, columns: Int = 20, rows: Int = 5) -> CellGrid {
    var grid = CellGrid(size: CellSize(columns: columns, rows: rows))
    grid.write(text, x: 0, y: 0, style: style)
    return grid
  }

  @Test func `A frame is on the screen with its glyphs and emphasis`() throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    var frame = grid("a日e\u{301}⣿\u{1B}[0m", style: Style(.title, underlined: true))
    frame.write("z", x: 19, y: 4, style: Style(.faint, reversed: true))
    terminal.show(frame, theme: .dark, depth: .none)
    #expect(terminal.size == CellSize(columns: 20, rows: 5))
    for (x, text) in [(0, "a"), (1, "日"), (3, "e\u{301}"), (4, "⣿"), (5, "␛"), (6, "["), (9, " ")] {
      #expect(terminal.shownCell(x: x, y: 0)?.text == text)
    }
    let titleCell = terminal.shownCell(x: 0, y: 0)
    let title = try #require(titleCell)
    #expect(title.bold && title.underlined && !title.reversed && !title.dim && title.pair == 0)
    let cornerCell = terminal.shownCell(x: 19, y: 4)
    let corner = try #require(cornerCell)
    #expect(corner.text == "z" && corner.dim && corner.reversed)
    #expect(terminal.shownCell(x: 20, y: 0) == nil)
  }

  @Test func `Frames that replace one another leave nothing behind`() throws {
    let pseudoterminal = try Pseudoterminal(columns: 8, rows: 2)
    var terminal = try Terminal(pseudoterminal.setup())
    var generator = SplitMix64(seed: 7)
    for round in 0..<200 {
      var frame = CellGrid(size: CellSize(columns: 8, rows: 2))
      for y in 0..<2 {
        let text = (0..<8).map { _ in ["a", "日", "é", " ", "⣿"].randomElement(using: &generator) ?? " " }
          .joined()
        frame.write(text, x: Int.random(in: -1...7, using: &generator), y: y)
      }
      terminal.show(frame, theme: .dark, depth: .none)
      for y in 0..<2 {
        for (x, cell) in frame.row(y).enumerated() {
          let shown = terminal.shownCell(x: x, y: y)?.text
          if let glyph = cell.glyph { #expect(shown == String(glyph), "round \(round) at (\(x), \(y))") }
        }
      }
      _ = pseudoterminal.output()
    }
  }

  @Test func `Only what changed is written`() throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    terminal.show(grid("step 100"), theme: .dark, depth: .indexed256)
    #expect(pseudoterminal.output().contains("step 100"))
    terminal.show(grid("step 100"), theme: .dark, depth: .indexed256)
    #expect(pseudoterminal.output() == "")
    terminal.show(grid("step 101"), theme: .dark, depth: .indexed256)
    let changed = pseudoterminal.output()
    #expect(changed.contains("1") && changed.utf8.count <= 12, "\(changed.utf8.count) bytes")
    terminal.repaint()
    terminal.show(grid("step 101"), theme: .dark, depth: .indexed256)
    #expect(pseudoterminal.output().contains("step 101"))
  }

  @Test func `A grid of another size is clipped or surrounded by blanks`() throws {
    let pseudoterminal = try Pseudoterminal(columns: 4, rows: 2)
    var terminal = try Terminal(pseudoterminal.setup())
    terminal.show(grid("abc日日", columns: 9, rows: 9), theme: .dark, depth: .none)
    #expect((0..<4).map { terminal.shownCell(x: $0, y: 0)?.text } == ["a", "b", "c", " "])
    terminal.show(grid("x", columns: 1, rows: 1), theme: .dark, depth: .none)
    #expect((0..<4).map { terminal.shownCell(x: $0, y: 0)?.text } == ["x", " ", " ", " "])
  }

  @Test(arguments: [("vt100", true), ("xterm", false)])
  func `The shell goes on below a frame that stays`(kind: String, staysOnScreen: Bool) throws {
    let pseudoterminal = try Pseudoterminal()
    do {
      var terminal = try Terminal(pseudoterminal.setup(kind: kind))
      terminal.show(CellGrid(size: terminal.size), theme: .dark, depth: .none)
    }
    #expect((pseudoterminal.output().utf8.last == UInt8(ascii: "\n")) == staysOnScreen)
  }

  @Test(arguments: [
    ("xterm-256color", ColorDepth.indexed256), ("xterm", .eight), ("vt100", .none), ("linux", .eight),
  ])
  func `Colours stay within what a terminal has`(kind: String, depth: ColorDepth) throws {
    let pseudoterminal = try Pseudoterminal(columns: 30, rows: 3)
    var terminal = try Terminal(pseudoterminal.setup(kind: kind))
    #expect(terminal.colorDepth == depth)
    var frame = CellGrid(size: CellSize(columns: 30, rows: 3))
    for (x, role) in StyleRole.allCases.enumerated() {
      frame.write("x", x: x, y: 0, style: Style(role))
      frame.write("y", x: x, y: 1, style: Style(role, reversed: true))
    }
    terminal.show(frame, theme: .dark, depth: .indexed256)
    var pairs: [Int] = []
    for x in 0..<StyleRole.allCases.count { pairs.append(terminal.shownCell(x: x, y: 0)?.pair ?? -1) }
    #expect(pairs.allSatisfy { (0..<64).contains($0) })
    #expect((Set(pairs).count == 1) == (depth == .none))
    #expect(terminal.shownCell(x: Int(StyleRole.text.rawValue), y: 0)?.pair == 0)
    #expect(pseudoterminal.output().contains("\u{1B}[38;5;") == (depth == .indexed256))
  }

  @Test(arguments: ["xterm-256color", "xterm", "tmux-256color", "linux"])
  func `Where any colour was promised it is shown`(kind: String) throws {
    let pseudoterminal = try Pseudoterminal()
    var setup = pseudoterminal.setup(kind: kind)
    setup.hasDirectColors = true
    let before = getenv("TERMINFO").map { String(cString: $0) }
    var terminal = try Terminal(setup)
    #expect(getenv("TERMINFO").map { String(cString: $0) } == before)
    #expect(terminal.colorDepth == .direct)
    terminal.show(grid("base", style: Style(.reference)), theme: .dark, depth: .direct)
    // Five bits of a colour are shown: 86, 180 and 233 become 82, 180 and 230.
    #expect(pseudoterminal.output().contains("\u{1B}[38;2;82;180;230mbase"))
    terminal.show(grid("policy", style: Style(.policy)), theme: .dark, depth: .direct)
    #expect(pseudoterminal.output().contains("\u{1B}[38;5;214mpolicy"), "a colour of the palette is exact")
    terminal.show(grid("policy", style: Style(.policy)), theme: .highContrast, depth: .direct)
    #expect(pseudoterminal.output().contains("\u{1B}[48;5;16m"))
    terminal.show(grid("policy", style: Style(.policy)), theme: .dark, depth: .eight)
    #expect(pseudoterminal.output().contains("\u{1B}[33m"))
    terminal.show(grid("base", style: Style(.reference)), theme: .dark, depth: .indexed256)
    #expect(pseudoterminal.output().contains("\u{1B}[38;5;74m"))
  }

  @Test func `A terminal of other colours is as capable as before`() throws {
    func opening(hasDirectColors: Bool) throws -> (bytes: String, event: InputEvent?) {
      let pseudoterminal = try Pseudoterminal()
      var setup = pseudoterminal.setup()
      setup.hasDirectColors = hasDirectColors
      var terminal = try Terminal(setup)
      terminal.show(grid("x"), theme: .dark, depth: .none)
      pseudoterminal.type("\u{1B}[<0;3;2M")
      return (pseudoterminal.output(), terminal.awaitEvent())
    }
    let (plain, direct) = (try opening(hasDirectColors: false), try opening(hasDirectColors: true))
    #expect(plain.bytes == direct.bytes)
    #expect(plain.event == .mouse(MouseEvent(x: 2, y: 1, kind: .press, button: 1)))
    #expect(plain.event == direct.event)
  }

  @Test(arguments: ["vt100", "dumb", "no-such-terminal", "", "../x"])
  func `Terminals without colours do not get any`(kind: String) {
    #expect(
      TerminalDescription.installed(kind).flatMap { CompiledDescription($0)?.withDirectColors() } == nil)
  }

  @Test(arguments: ["xterm-ghostty", "foot", "nonsense", "../x"], [false, true])
  func `A terminal that nothing is known about is drawn on as on xterm`(kind: String, hasDirectColors: Bool)
    throws
  {
    func opening(_ kind: String) throws -> (bytes: String, event: InputEvent?, assumption: String?) {
      let pseudoterminal = try Pseudoterminal()
      var setup = pseudoterminal.setup(kind: kind)
      setup.hasDirectColors = hasDirectColors
      var terminal = try Terminal(setup)
      terminal.show(grid("base", style: Style(.reference)), theme: .dark, depth: .direct)
      pseudoterminal.type("\u{1B}[<0;3;2M")
      let event = terminal.awaitEvent()
      return (pseudoterminal.output(), event, terminal.assumption)
    }
    let before = getenv("TERMINFO").map { String(cString: $0) }
    let (known, stranger) = (try opening("xterm-256color"), try opening(kind))
    #expect(known.assumption == nil)
    #expect(stranger.assumption == "TERM=\(kind) is not known here: drawn as on xterm-256color")
    #expect(stranger.bytes == known.bytes && stranger.bytes.contains("base"))
    #expect(stranger.event == known.event && known.event != nil)
    #expect(getenv("TERMINFO").map { String(cString: $0) } == before)
  }

  @Test func `What a C library cannot show is a question mark of the same width`() throws {
    let pseudoterminal = try Pseudoterminal()
    var setup = pseudoterminal.setup()
    setup.locale = "C"
    var terminal = try Terminal(setup)
    terminal.show(grid("a日é"), theme: .dark, depth: .none)
    #expect((0..<5).map { terminal.shownCell(x: $0, y: 0)?.text } == ["a", "?", "?", "?", " "])
  }

  @Test func `The screen is given back as it was and can be taken again`() throws {
    let pseudoterminal = try Pseudoterminal()
    let before = pseudoterminal.modes
    for _ in 0..<2 {
      do {
        let terminal = try Terminal(pseudoterminal.setup())
        #expect(pseudoterminal.modes != before)
        #expect(pseudoterminal.output().contains("\u{1B}[?1049h"))
        #expect(throws: TerminalError.alreadyOpen) { _ = try Terminal(pseudoterminal.setup()) }
        #expect(terminal.size.columns == 20)
      }
      #expect(pseudoterminal.modes == before)
      let output = pseudoterminal.output()
      #expect(output.contains("\u{1B}[?1049l"))
      #expect(output.contains("\u{1B}[?1000l") || output.contains("\u{1B}[?1006;1000l"))
    }
  }

  @Test func `What is no terminal is refused`() throws {
    let pseudoterminal = try Pseudoterminal()
    let before = pseudoterminal.modes
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    var setup = pseudoterminal.setup()
    setup.output = null
    #expect(throws: TerminalError.outputIsNotATerminal) { _ = try Terminal(setup) }
    setup = pseudoterminal.setup()
    setup.input = null
    #expect(throws: TerminalError.noKeyboard) { _ = try Terminal(setup) }
    #expect(throws: TerminalError.unnamedTerminal) {
      _ = try Terminal(pseudoterminal.setup(kind: ""))
    }
    for kind in ["dumb", "unknown"] {
      #expect(throws: TerminalError.unsuitableTerminal(name: kind)) {
        _ = try Terminal(pseudoterminal.setup(kind: kind))
      }
    }
    #expect(pseudoterminal.modes == before)
    #expect(try Terminal(pseudoterminal.setup()).size == CellSize(columns: 20, rows: 5))
  }
}
