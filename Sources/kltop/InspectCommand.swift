import ArgumentParser
import Dashboard
import RunFeed
import RunModel

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Look at the samples of a run: which were forgotten, when, and what both models say to them.")

  @Argument(help: "A log, a run directory, or - for standard input.", completion: .file())
  var path: String

  @Option(help: ArgumentHelp("Step to look at; by default the last.", valueName: "step"))
  var step: Int?

  @Option(help: ArgumentHelp("Sample to open, by its name; by default the list.", valueName: "name"))
  var sample: String?

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var screen: ScreenOptions

  func run() throws {
    let session = try DashboardSession(paths: [path], reading: reading, screen: screen, isOneRun: true)
    try session.run { run in
      var state = DashboardState(run: run, replay: ReplayPlayer(step: step ?? .max))
      state.inspect(sample, at: step)
      // On a screen the log may still grow, and says it there.
      if session.isOnce, let complaint = state.requestComplaint {
        StandardError.say(complaint)
        throw ExitStatus.unusableData
      }
      return state
    }
  }
}
