import ArgumentParser
import CellCanvas
import Reports
import RunAnalysis
import RunFeed
import RunLog
import RunModel

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Say what is in a log: steps, metrics and their roles, divergence, findings.")

  @Argument(help: "Logs, run directories, directories of runs, or - for standard input.", completion: .file())
  var paths: [String]

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var limits: BudgetOptions

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  /// Runs of one directory that are read: the newest.
  private static let mostOfAPath = 100

  func run() throws {
    try StandardStreams.checkInput(paths)
    let options = try RunOptions(reading, budgets: limits.budget)
    var runs: [AnalysedRun] = []
    var failure: ExitCode?
    for path in paths {
      for entry in entries(of: path) {
        do throws(ExitCode) {
          let run = try loaded { () throws(LoadingProblem) in
            try options.loading(entry).loadAll()
          }
          if run.model.status.bytesRead == 0, run.model.status.dialect == nil, run.model.divergences.isEmpty {
            let size = run.model.status.bytesTotal == 0 ? "0 bytes" : "nothing is in it yet"
            StandardError.say("\(entry.path): \(size): the run has not begun")
          }
          runs.append(run)
        } catch {
          // What is wrong with one run was said; the others are told of all the same.
          failure = failure ?? error
        }
      }
    }
    if let failure, runs.isEmpty { throw failure }
    try options.check(runs.map(\.model))
    let summaries = runs.map { RunSummary($0, state: RunState(of: $0.model, now: ProcessEnvironment.now)) }
    switch format {
    case .json: try StandardOutput.say(encoded: SummaryDocument(runs: summaries).json())
    case .text:
      let texts = summaries.map { run in
        SummaryText.text(of: run) { DisplayWidth.of(Printable.text($0)) }
      }
      try StandardOutput.say(Printable.lines(texts.joined(separator: "\n\n")))
    }
    if let failure { throw failure }
  }

  private func entries(of path: String) -> ArraySlice<RunCatalogue.Entry> {
    let entries = RunCatalogue().runs(at: path)
    if entries.count > Self.mostOfAPath {
      StandardError.say(
        "\(path): \(entries.count) runs, of which the newest \(Self.mostOfAPath) are read; name others to read them"
      )
    }
    return entries.prefix(Self.mostOfAPath)
  }
}
