import ArgumentParser
import CellCanvas
import Dashboard
import NcursesTerminal
import RunLog
import RunModel

/// A run on the screen: live in a terminal, or as one frame of text.
struct DashboardSession {
  var path: String
  var screen: ScreenOptions
  private let environment = ProcessEnvironment.current

  /// One frame, because it was asked for or because there is no terminal to draw on.
  var isOnce: Bool { screen.once || !TerminalDevice.isTerminal(1) }

  func run(_ makeState: (RunModel) -> DashboardState) throws {
    if isOnce { return try printOnce(makeState) }
    var state = makeState(RunModel(path: path))
    state.show(screen.view)
    try runLive(state)
  }

  private func printOnce(_ makeState: (RunModel) -> DashboardState) throws {
    if !screen.once {
      StandardError.say("standard output is not a terminal: printing one frame, as with --once")
    }
    var state = makeState(try RunLoading.loadAll(path))
    state.show(screen.view)
    let now = ProcessEnvironment.fixedTime ?? secondsSince1970()
    state.tick(now: now)
    let glyphs = glyphs
    let grid = DashboardView.draw(
      state, size: frameSize, context: DrawContext(glyphs: glyphs, now: now))
    let output = FrameOutput(
      theme: theme, glyphs: glyphs, depth: screen.depthOfFrame(environment: environment))
    try StandardOutput.put(output.text(grid, as: screen.format, title: "kltop \(path)"))
  }

  private func runLive(_ state: DashboardState) throws {
    let source = try RunLoading.started(path) { () throws(FileProblem) in try RunSource(path: path) }
    let depth = ColorDepth.detect(environment: environment, isTerminal: true, choice: screen.color)
    do throws(TerminalError) {
      var loop = try DashboardLoop(
        state: state, source: source, glyphs: glyphs, theme: theme, depth: depth)
      loop.run()
    } catch {
      StandardError.say("\(error)")
      throw ExitStatus.unusableData
    }
  }

  private var theme: Theme { screen.theme.theme(environment: environment) }

  private var glyphs: GlyphSet {
    switch screen.glyphs {
    case .auto: GlyphSet.forCodeset(LocaleCodeset.current())
    case .braille: .braille
    case .block: .block
    case .ascii: .ascii
    }
  }

  private var frameSize: CellSize {
    screen.size?.size ?? TerminalDevice.size(1) ?? CellSize(columns: 120, rows: 36)
  }
}

extension DashboardState {
  /// Maximises a panel that was asked for on the command line.
  fileprivate mutating func show(_ panel: Panel?) {
    guard let panel else { return }
    focus = panel
    isMaximised = true
  }
}
