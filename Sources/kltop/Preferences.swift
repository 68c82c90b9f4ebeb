import ArgumentParser
import CellCanvas
import Dashboard
import NcursesTerminal
import RunAnalysis
import RunModel
import Settings

/// How the user wants the screen: by the options, else by the file of settings, else as it is for everybody.
struct Preferences {
  let theme: Theme
  let glyphs: GlyphSet
  let color: ColorChoice
  /// What of the settings or of the locale cannot be used, to be told on the screen.
  let complaint: String?
  /// What was taken in place of the locale that the environment names.
  let assumptions: [String]
  /// How runs are read and what they may do.
  let runs: RunOptions
  private let view: ScreenView?
  private let smoothing: Double?
  private let keys: KeyTable

  /// - Throws: an exit status where a file of settings that was named cannot be read.
  init(
    _ options: ScreenOptions, _ reading: ReadingOptions, budgets: [Budget], environment: [String: String]
  ) throws {
    let file = try SettingsFile.load(reading.config)
    let settings = file.settings
    runs = RunOptions(reading, budgets: budgets, settings: settings)
    theme = (options.theme ?? settings.theme ?? .auto).theme(environment: environment)
    let locale = CharacterLocale.user
    glyphs = (options.glyphs ?? settings.glyphs ?? .auto).glyphs(codeset: locale.codeset)
    color = options.color ?? settings.color ?? .auto
    view = options.view ?? settings.view.flatMap { ScreenView(name: $0) }
    smoothing = options.smoothing ?? settings.smoothing
    keys = KeyTable.standard.assigning(settings.keys)
    if let complaint = locale.complaint { StandardError.say(complaint) }
    complaint = file.complaints.first ?? locale.complaint
    assumptions = [locale.assumption, locale.complaint].compactMap(\.self)
  }

  /// Begins with what the user wants to see.
  func apply(to state: inout DashboardState) {
    state.keys = keys
    state.help.assumptions = assumptions
    if let smoothing { state.charts.smoothing = smoothing }
    if let view { state.show(view) }
  }

  /// The colours for standard output, or for the terminal that the screen is on.
  func depth(environment: [String: String], isTerminal: Bool) -> ColorDepth {
    ColorDepth.detect(environment: environment, isTerminal: isTerminal, choice: color)
  }

  /// The colours of a single frame: a picture has them unless they were declined, escape sequences where they were
  /// asked for.
  func depthOfFrame(_ format: FrameFormat?, environment: [String: String]) -> ColorDepth {
    let depth = depth(environment: environment, isTerminal: TerminalDevice.isTerminal(1))
    switch (format, color) {
    case (_, .never), (nil, _), (.text, _): return depth
    case (.ansi, _): return depth == .none ? .indexed256 : depth
    case (.svg, _): return .direct
    }
  }
}
