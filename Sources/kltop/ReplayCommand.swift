import ArgumentParser
import Dashboard
import RunFeed
import RunModel

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Play an archived run: pause, step, seek, change speed.")

  @Argument(help: "A log, a run directory, or - for standard input.", completion: .file())
  var path: String

  @Option(
    help: ArgumentHelp("Speed; 1 is \(Int(ReplayPlayer.stepsPerSecond)) steps a second.", valueName: "x"))
  var speed = 1.0

  @Option(
    help: ArgumentHelp(
      "What passes evenly: steps, or recorded for the time in the log.", valueName: "steps|recorded"))
  var pace = ReplayPlayer.Pace.steps

  @Option(
    help: ArgumentHelp("Step to begin at; by default the first, with --once the last.", valueName: "step"))
  var from: Int?

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var screen: ScreenOptions
  @OptionGroup var limits: BudgetOptions

  func validate() throws {
    guard speed > 0, speed.isFinite else { throw ValidationError("--speed must be a positive number.") }
  }

  func run() throws {
    let session = try DashboardSession(
      paths: [path], reading: reading, screen: screen, budgets: limits.budget, isOneRun: true,
      isReplay: true)
    // A single frame of a replay is of use at its end; a player begins at the start.
    let start = from ?? (session.isOnce ? .max : .min)
    let player = ReplayPlayer(step: start, speed: speed, pace: pace, isPlaying: !session.isOnce)
    try session.run { DashboardState(run: $0, replay: player) }
  }
}

extension ReplayPlayer.Pace: ExpressibleByArgument {}
