import ArgumentParser
import RunModel

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Say what is in a log: steps, metrics and their roles, divergence, findings.")

  @Argument(help: "Logs or run directories, or - for standard input.")
  var paths: [String]

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  func run() throws {
    let summaries = try paths.map { RunSummary(try RunLoading.loadAll($0)) }
    switch format {
    case .json: try StandardOutput.say(SummaryDocument(runs: summaries).json())
    case .text:
      try StandardOutput.say(PrintableText.lines(summaries.map(SummaryText.text).joined(separator: "\n\n")))
    }
  }
}
