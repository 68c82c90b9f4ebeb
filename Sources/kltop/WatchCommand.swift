import ArgumentParser
import Dashboard

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show runs live, while their logs grow (the default command).")

  @Argument(
    help: "Logs, run directories, directories of runs, or - for standard input. They may be created later.",
    completion: .file())
  var paths: [String]

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var screen: ScreenOptions
  @OptionGroup var limits: BudgetOptions
  @OptionGroup var alerts: AlertOptions

  func run() throws {
    try DashboardSession(
      paths: paths, reading: reading, screen: screen, budgets: limits.budget, alerts: alerts
    ).run {
      DashboardState(run: $0)
    }
  }
}
