import CellCanvas
import Glibc
import NcursesTerminal
import Testing

extension TerminalTests {
  @Test(arguments: [
    ("q", Key.character("q")), (" ", .character(" ")), ("é", .character("é")), ("日", .character("日")),
    ("\u{1}", .control("a")), ("\u{C}", .control("l")), ("\u{1D}", .control("]")), ("\t", .tab),
    ("\r", .enter),
    ("\u{7F}", .backspace), ("\u{8}", .backspace), ("\u{1B}", .escape), ("\u{1B}OA", .up),
    ("\u{1B}OB", .down),
    ("\u{1B}OC", .right), ("\u{1B}OD", .left), ("\u{1B}OH", .home), ("\u{1B}OF", .end),
    ("\u{1B}[5~", .pageUp),
    ("\u{1B}[6~", .pageDown), ("\u{1B}[3~", .delete), ("\u{1B}[Z", .backtab), ("\u{1B}OP", .function(1)),
    ("\u{1B}[24~", .function(12)),
  ])
  func `A key is told as what it is`(typed: String, key: Key) throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    pseudoterminal.type(typed)
    #expect(terminal.awaitEvent() == .key(key))
    #expect(terminal.nextEvent() == nil)
  }

  @Test func `Keys typed together come one by one`() throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    pseudoterminal.type("a\u{1B}OAb")
    #expect(terminal.awaitEvent() == .key(.character("a")))
    #expect(terminal.awaitEvent() == .key(.up))
    #expect(terminal.awaitEvent() == .key(.character("b")))
    #expect(terminal.nextEvent() == nil)
  }

  @Test func `The mouse is told by its cell`() throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    // Presses, releases and turns as xterm reports them (mode 1006), counting from 1.
    for (typed, x, y, kind, button) in [
      ("\u{1B}[<0;5;3M", 4, 2, MouseEvent.Kind.press, 1), ("\u{1B}[<0;5;3m", 4, 2, .release, 1),
      ("\u{1B}[<64;1;1M", 0, 0, .wheelUp, 0), ("\u{1B}[<65;20;5M", 19, 4, .wheelDown, 0),
      ("\u{1B}[<2;7;2M", 6, 1, .press, 3),
    ] {
      pseudoterminal.type(typed)
      #expect(terminal.awaitEvent() == .mouse(MouseEvent(x: x, y: y, kind: kind, button: button)))
    }
  }

  @Test func `A new size is told and drawn`() throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    terminal.show(CellGrid(size: terminal.size), theme: .dark, depth: .none)
    pseudoterminal.resize(columns: 33, rows: 7)
    kill(getpid(), SIGWINCH)
    #expect(terminal.awaitEvent() == .resize(CellSize(columns: 33, rows: 7)))
    #expect(terminal.size == CellSize(columns: 33, rows: 7))
    var frame = CellGrid(size: terminal.size)
    frame.write("z", x: 32, y: 6)
    terminal.show(frame, theme: .dark, depth: .none)
    #expect(terminal.shownCell(x: 32, y: 6)?.text == "z")
    kill(getpid(), SIGWINCH)
    #expect(terminal.nextEvent() == nil)
  }

  @Test(arguments: [
    (SIGINT, QuitReason.interrupt), (SIGTERM, .terminate), (SIGQUIT, .terminate), (SIGHUP, .hangup),
  ])
  func `A signal to end is an event`(signal: Int32, reason: QuitReason) throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    kill(getpid(), signal)
    #expect(terminal.awaitEvent() == .quit(reason))
    #expect(terminal.nextEvent() == nil)
  }

  @Test func `A terminal that hangs up ends the program`() throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    #expect(terminal.nextEvent() == nil)
    // The other end is closed by putting something else in its place.
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    dup2(null, pseudoterminal.emulator)
    close(null)
    #expect(terminal.awaitEvent() == .quit(.hangup))
  }

  @Test func `After a stop the whole screen is drawn again`() throws {
    let pseudoterminal = try Pseudoterminal()
    var terminal = try Terminal(pseudoterminal.setup())
    var frame = CellGrid(size: terminal.size)
    frame.write("loss", x: 0, y: 0)
    terminal.show(frame, theme: .dark, depth: .none)
    _ = pseudoterminal.output()
    kill(getpid(), SIGCONT)
    #expect(terminal.awaitEvent() == .resumed)
    terminal.show(frame, theme: .dark, depth: .none)
    #expect(pseudoterminal.output().contains("loss"))
  }
}
