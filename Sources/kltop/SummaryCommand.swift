import ArgumentParser
import CellCanvas
import RunModel

struct SummaryCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Say what is in a log: steps, metrics and their roles, divergence, findings.")

  @Argument(help: "Logs or run directories, or - for standard input.")
  var paths: [String]

  @Option(help: "Output for people or for programs.")
  var format = Format.text

  func run() throws {
    let summaries = try paths.map { RunSummary(try RunLoading.loadAll($0)) }
    switch format {
    case .json: print(try SummaryDocument(runs: summaries).json())
    case .text: print(summaries.map(Self.printable).joined(separator: "\n\n"))
    }
  }

  /// Keys and texts of a log are hostile until made printable.
  private static func printable(_ summary: RunSummary) -> String {
    SummaryText.text(of: summary).split(separator: "\n", omittingEmptySubsequences: false)
      .map { Printable.text(String($0)) }.joined(separator: "\n")
  }
}
