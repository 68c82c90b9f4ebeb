import ArgumentParser
import CellCanvas
import NcursesTerminal

/// `top` for forgetting.
@main
struct Kltop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kltop",
    abstract: "Watch a model drift from the model it started as, while it is fine-tuned.",
    discussion: """
      kltop reads training logs (JSON lines), recomputes the divergence between the tuned model (policy) and the model \
      it started as (reference) from the logits in them, and shows what is forgotten on the way.
      """,
    version: BuildText.full,
    subcommands: [
      WatchCommand.self, ReplayCommand.self, InspectCommand.self, KlCommand.self, MergeCommand.self,
      AuditCommand.self, SummaryCommand.self, CheckCommand.self, ExportCommand.self, RunCommand.self,
      KeepCommand.self,
    ],
    defaultSubcommand: WatchCommand.self)

  static func main() {
    Backtracer.drop()
    StandardStreams.holdPlaces()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      exitPrintably(error)
    }
  }

  /// Ends as argument-parser does; what it quotes of wrong arguments is made printable.
  private static func exitPrintably(_ error: any Error) -> Never {
    guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
    let arguments = CommandLine.arguments.dropFirst().map { Printable.text($0) }
    do {
      _ = try parseAsRoot(arguments)
    } catch let printable {
      exit(withError: printable)
    }
    // What was wrong is what is not printable, or was found later.
    StandardError.say(Printable.lines(fullMessage(for: error)))
    exit(withError: ExitCode.validationFailure)
  }
}
