import ArgumentParser
import CellCanvas
import RunModel

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Say what is in a log: steps, metrics and their roles, divergence, findings.")

  @Argument(help: "Logs or run directories, or - for standard input.", completion: .file())
  var paths: [String]

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  func run() throws {
    let summaries = try paths.map { RunSummary(try RunLoading.loadAll($0)) }
    switch format {
    case .json: try StandardOutput.say(SummaryDocument(runs: summaries).json())
    case .text:
      let texts = summaries.map { run in
        SummaryText.text(of: run) { DisplayWidth.of(Printable.text($0)) }
      }
      try StandardOutput.say(PrintableText.lines(texts.joined(separator: "\n\n")))
    }
  }
}
