import ArgumentParser
import Dashboard
import RunModel

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show a run live, while its log grows (the default command).")

  @Argument(help: "A log, a run directory, or - for standard input. It may be created later.")
  var path: String

  @OptionGroup var screen: ScreenOptions
  @OptionGroup var limits: BudgetOptions

  func run() throws {
    let budgets = limits.budget
    try DashboardSession(path: path, screen: screen).run { DashboardState(run: $0.watching(budgets)) }
  }
}
