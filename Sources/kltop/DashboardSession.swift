import ArgumentParser
import CellCanvas
import Dashboard
import FileAccess
import NcursesTerminal
import RunAnalysis
import RunFeed
import RunLog
import RunModel

/// Runs on the screen: live in a terminal, or as one frame of text.
struct DashboardSession {
  let paths: [String]
  let reading: ReadingOptions
  let screen: ScreenOptions
  /// Of a directory of several runs only the newest is shown.
  let isOneRun: Bool
  /// The run is an archive: all of it is read, then played.
  let isReplay: Bool
  /// What is done for each finding; `nil` for nothing.
  let alerts: AlertOptions?
  private let environment = ProcessEnvironment.current
  private let preferences: Preferences
  /// Runs that are listed; a sweep may have thousands.
  private static let mostListed = 500

  /// - Parameter budgets: what runs may spend; where there is none, what the settings say.
  /// - Throws: an exit status where settings that were named cannot be read.
  init(
    paths: [String], reading: ReadingOptions, screen: ScreenOptions, budgets: [Budget] = [],
    isOneRun: Bool = false, isReplay: Bool = false, alerts: AlertOptions? = nil
  ) throws {
    self.paths = paths
    self.reading = reading
    self.screen = screen
    self.isOneRun = isOneRun
    self.isReplay = isReplay
    self.alerts = alerts
    preferences = try Preferences(screen, reading, budgets: budgets, environment: environment)
  }

  /// One frame, because it was asked for or because there is no terminal to draw on.
  var isOnce: Bool { screen.once || !TerminalDevice.isTerminal(1) }

  /// - Parameters:
  ///   - makeState: the dashboard of the first run.
  ///   - eachTurn: called whenever something happens, with the signal that ends the screen where one does.
  func run(
    _ makeState: (AnalysedRun) throws -> DashboardState, eachTurn: ((QuitReason?) -> Void)? = nil
  ) throws {
    try StandardStreams.checkInput(paths)
    if isOnce { return try printOnce(makeState) }
    try runLive(makeState, eachTurn: eachTurn)
  }

  private func printOnce(_ makeState: (AnalysedRun) throws -> DashboardState) throws {
    if !screen.once {
      StandardError.say("standard output is not a terminal: printing one frame, as with --once")
    }
    let runs = chosen(RunCatalogue().runs(at: paths))
    let read = try runs.prefix(RunSources.mostOpened).map { run in
      try loaded { () throws(LoadingProblem) in try run.loadAll() }
    }
    try preferences.runs.check(read.map(\.model))
    var state = try makeState(read[0])
    for run in read.dropFirst() { _ = state.add(run) }
    for run in runs.dropFirst(RunSources.mostOpened) { _ = state.add(run.listed) }
    preferences.apply(to: &state)
    let now = ProcessEnvironment.fixedTime ?? SystemClock.secondsSince1970()
    state.tick(now: now)
    let (glyphs, theme) = (preferences.glyphs, preferences.theme)
    let grid = DashboardView.draw(
      state, size: frameSize, context: DrawContext(glyphs: glyphs, now: now))
    let depth = preferences.depthOfFrame(screen.format, environment: environment)
    let format = screen.format ?? (depth == .none ? .text : .ansi)
    try StandardOutput.put(
      encoded: format.text(
        grid, theme: theme, glyphs: glyphs, depth: depth, title: "kltop \(paths.joined(separator: " "))"))
  }

  private func runLive(
    _ makeState: (AnalysedRun) throws -> DashboardState, eachTurn: ((QuitReason?) -> Void)?
  ) throws {
    let finder = try started { () throws(FileProblem) in try RunFinder(paths) }
    let runs = chosen(finder.first() ?? paths.map { RunCatalogue.Entry(path: $0) })
    let sources = try started { () throws(FileProblem) in try RunSources(runs) }
    var state = try makeState(runs[0].unread)
    for (index, run) in runs.enumerated().dropFirst() {
      _ = state.add(index < RunSources.mostOpened ? run.unread : run.listed)
    }
    preferences.apply(to: &state)
    if let complaint = preferences.complaint { state.tell(complaint, now: SystemClock.secondsSince1970()) }
    let depth = preferences.depth(environment: environment, isTerminal: true)
    var complaint: String?
    do throws(TerminalError) {
      var loop = try DashboardLoop(
        state: state, sources: sources, glyphs: preferences.glyphs, theme: preferences.theme, depth: depth)
      loop.finder = isOneRun ? nil : finder
      loop.options = preferences.runs
      loop.endsForUnknownBudgets = isReplay
      loop.eachTurn = eachTurn
      loop.stall = alerts?.stall?.seconds
      loop.herald = alerts.map { FindingHerald($0, isQuiet: true) }.flatMap { $0.isSilent ? nil : $0 }
      complaint = loop.run()
    } catch {
      StandardError.say("\(error)")
      throw ExitStatus.unusableData
    }
    if let complaint { throw ValidationError("--budget: \(complaint)") }
  }

  /// What `start` gives.
  ///
  /// - Throws: an exit status, after saying why on standard error.
  private func started<Started>(_ start: () throws(FileProblem) -> Started) throws -> Started {
    try loaded { () throws(LoadingProblem) in
      do throws(FileProblem) {
        return try start()
      } catch {
        throw .cannotStart(path: paths[0], problem: error)
      }
    }
  }

  /// The runs that are listed, those that are opened first; says on standard error which are left out.
  private func chosen(_ entries: [RunCatalogue.Entry]) -> [RunLoading] {
    let sorted =
      isOneRun
      ? Array(entries.prefix(1)) : RunCatalogue.newestFirst(entries, ifMoreThan: RunSources.mostOpened)
    let listed = sorted.prefix(Self.mostListed)
    if isOneRun, entries.count > 1, let first = entries.first {
      StandardError.say("\(entries.count) runs, of which \(first.path) is shown; name another to see it")
    } else if sorted.count > listed.count {
      StandardError.say(
        "\(sorted.count) runs, of which the newest \(listed.count) are shown; name others to see them")
    }
    return listed.map { preferences.runs.loading($0) }
  }

  private var frameSize: CellSize {
    screen.size?.size ?? TerminalDevice.size(1) ?? CellSize(columns: 120, rows: 36)
  }
}
