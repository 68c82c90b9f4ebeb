import ArgumentParser
import Dashboard
import RunModel

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show a run live, while its log grows (the default command).")

  @Argument(
    help: "A log, a run directory, or - for standard input. It may be created later.", completion: .file())
  var path: String

  @OptionGroup var screen: ScreenOptions

  func run() throws {
    try DashboardSession(path: path, screen: screen).run { DashboardState(run: $0) }
  }
}
