import ArgumentParser
import CellCanvas
import Dashboard
import NcursesTerminal
import RunLog
import RunModel

/// A run on the screen: live in a terminal, or as one frame of text.
struct DashboardSession {
  let path: String
  let screen: ScreenOptions
  private let environment = ProcessEnvironment.current
  private let preferences: Preferences

  /// - Throws: an exit status where settings that were named cannot be read.
  init(path: String, screen: ScreenOptions) throws {
    self.path = path
    self.screen = screen
    preferences = try Preferences(screen, environment: environment)
  }

  /// One frame, because it was asked for or because there is no terminal to draw on.
  var isOnce: Bool { screen.once || !TerminalDevice.isTerminal(1) }

  func run(_ makeState: (RunModel) throws -> DashboardState) throws {
    if isOnce { return try printOnce(makeState) }
    var state = try makeState(RunModel(path: path))
    preferences.apply(to: &state)
    if let complaint = preferences.complaint { state.tell(complaint, now: secondsSince1970()) }
    try runLive(state)
  }

  private func printOnce(_ makeState: (RunModel) throws -> DashboardState) throws {
    if !screen.once {
      StandardError.say("standard output is not a terminal: printing one frame, as with --once")
    }
    var state = try makeState(try RunLoading.loadAll(path))
    preferences.apply(to: &state)
    let now = ProcessEnvironment.fixedTime ?? secondsSince1970()
    state.tick(now: now)
    let (glyphs, theme) = (preferences.glyphs, preferences.theme)
    let grid = DashboardView.draw(
      state, size: frameSize, context: DrawContext(glyphs: glyphs, now: now))
    let depth = preferences.depthOfFrame(screen.format, environment: environment)
    let format = screen.format ?? (depth == .none ? .text : .ansi)
    try StandardOutput.put(
      format.text(grid, theme: theme, glyphs: glyphs, depth: depth, title: "kltop \(path)"))
  }

  private func runLive(_ state: DashboardState) throws {
    let source = try RunLoading.started(path) { () throws(FileProblem) in try RunSource(path: path) }
    let depth = preferences.depth(environment: environment, isTerminal: true)
    do throws(TerminalError) {
      var loop = try DashboardLoop(
        state: state, source: source, glyphs: preferences.glyphs, theme: preferences.theme, depth: depth)
      loop.run()
    } catch {
      StandardError.say("\(error)")
      throw ExitStatus.unusableData
    }
  }

  private var frameSize: CellSize {
    screen.size?.size ?? TerminalDevice.size(1) ?? CellSize(columns: 120, rows: 36)
  }
}
