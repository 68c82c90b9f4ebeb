import ArgumentParser
import CellCanvas
import RunModel

struct SummaryCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Say what is in a log: steps, metrics and their roles, divergence, findings.")

  @Argument(help: "Logs or run directories, or - for standard input.")
  var paths: [String]

  @Option(help: "Output for people or for programs.")
  var format = Format.text

  func run() throws {
    let summaries = try paths.map { RunSummary(try RunLoading.loadAll($0)) }
    switch format {
    case .json: print(try SummaryDocument(runs: summaries).json())
    case .text: print(summaries.map { Printable.lines(SummaryText.text(of: $0)) }.joined(separator: "\n\n"))
    }
  }
}
