import ArgumentParser
import CellCanvas
import Dashboard
import NcursesTerminal
import RunLog
import RunModel

/// Runs on the screen: live in a terminal, or as one frame of text.
struct DashboardSession {
  var paths: [String]
  var reading: ReadingOptions
  var screen: ScreenOptions
  /// Of a directory of several runs only the newest is shown.
  var isOneRun = false
  private let environment = ProcessEnvironment.current

  /// Runs that are listed; a sweep may have thousands.
  private static let mostListed = 500

  init(paths: [String], reading: ReadingOptions, screen: ScreenOptions, isOneRun: Bool = false) {
    self.paths = paths
    self.reading = reading
    self.screen = screen
    self.isOneRun = isOneRun
  }

  /// One frame, because it was asked for or because there is no terminal to draw on.
  var isOnce: Bool { screen.once || !TerminalDevice.isTerminal(1) }

  /// - Parameter makeState: the dashboard of the first run.
  func run(_ makeState: (RunModel) -> DashboardState) throws {
    if isOnce { return try printOnce(makeState) }
    try runLive(makeState)
  }

  private func printOnce(_ makeState: (RunModel) -> DashboardState) throws {
    if !screen.once {
      StandardError.say("standard output is not a terminal: printing one frame, as with --once")
    }
    let runs = chosen(RunCatalogue().runs(at: paths))
    var state = makeState(try runs[0].loadAll())
    for run in runs.dropFirst().prefix(RunSources.mostOpened - 1) { _ = state.add(try run.loadAll()) }
    for run in runs.dropFirst(RunSources.mostOpened) { _ = state.add(run.listed) }
    state.show(screen.view)
    let now = ProcessEnvironment.fixedTime ?? secondsSince1970()
    state.tick(now: now)
    let glyphs = glyphs
    let grid = DashboardView.draw(
      state, size: frameSize, context: DrawContext(glyphs: glyphs, now: now))
    let output = FrameOutput(
      theme: theme, glyphs: glyphs, depth: screen.depthOfFrame(environment: environment))
    try StandardOutput.put(
      output.text(grid, as: screen.format, title: "kltop \(paths.joined(separator: " "))"))
  }

  private func runLive(_ makeState: (RunModel) -> DashboardState) throws {
    let start = RunLoading(RunCatalogue.Entry(path: paths[0]), dialect: reading.dialect)
    let finder = try start.started { () throws(FileProblem) in try RunFinder(paths) }
    let runs = chosen(finder.first() ?? paths.map { RunCatalogue.Entry(path: $0) })
    let sources = try start.started { () throws(FileProblem) in try RunSources(runs) }
    var state = makeState(runs[0].unread)
    for (index, run) in runs.enumerated().dropFirst() {
      _ = state.add(index < RunSources.mostOpened ? run.unread : run.listed)
    }
    state.show(screen.view)
    let depth = ColorDepth.detect(environment: environment, isTerminal: true, choice: screen.color)
    do throws(TerminalError) {
      var loop = try DashboardLoop(
        state: state, sources: sources, glyphs: glyphs, theme: theme, depth: depth)
      loop.finder = isOneRun ? nil : finder
      loop.dialect = reading.dialect
      loop.run()
    } catch {
      StandardError.say("\(error)")
      throw ExitStatus.unusableData
    }
  }

  /// The runs that are listed, those that are opened first; says on standard error which are left out.
  private func chosen(_ entries: [RunCatalogue.Entry]) -> [RunLoading] {
    let most = isOneRun ? 1 : Self.mostListed
    let sorted = RunCatalogue.newestFirst(entries, ifMoreThan: RunSources.mostOpened)
    if sorted.count > most {
      StandardError.say(
        "\(sorted.count) runs, of which the newest \(most == 1 ? "is" : "\(most) are") shown; name others to see them"
      )
    }
    return sorted.prefix(most).map { RunLoading($0, dialect: reading.dialect) }
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
