import ArgumentParser
import Reports
import RunAnalysis
import RunFeed
import RunLog
import RunModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the series of runs as they are drawn: step, time, value, branch, set.")

  @Argument(help: "Logs, run directories, directories of runs, or - for standard input.", completion: .file())
  var paths: [String]

  @Option(help: "A table for spreadsheets and data frames, or one JSON object a line.")
  var format = SeriesExport.Format.csv

  @Option(
    help: ArgumentHelp(
      "Keys to write, or patterns such as 'eval/*', separated by commas; may be given several times. By default all.",
      valueName: "key"))
  var keys: [String] = []

  @OptionGroup var reading: ReadingOptions

  func run() throws {
    try StandardStreams.checkInput(paths)
    let options = try RunOptions(reading)
    let patterns = keys.flatMap { $0.split(separator: ",").map(String.init) }
    func isChosen(_ key: String) -> Bool {
      patterns.isEmpty || patterns.contains { $0 == key || fnmatch($0, key, 0) == 0 }
    }
    let export = SeriesExport(format, isChosen: isChosen)
    var known: [String] = []
    var failure: ExitCode?
    var hasHead = false
    for entry in RunCatalogue().runs(at: paths) {
      do {
        let run = try loaded { () throws(LoadingProblem) in try options.loading(entry).loadAll() }.model
        known += SeriesExport.keys(of: run)
        guard SeriesExport.keys(of: run).contains(where: isChosen) else { continue }
        if !hasHead { try StandardOutput.put(encoded: export.head) }
        hasHead = true
        try export.write(run) { try StandardOutput.put(encoded: $0) }
      } catch let status as ExitCode where status != ExitStatus.outputFailed {
        // What is wrong with one run was said; the others are written all the same.
        failure = failure ?? status
      }
    }
    if let failure { throw failure }
    if !hasHead, !patterns.isEmpty {
      let some = known.prefix(5).joined(separator: ", ")
      throw ValidationError(
        "--keys: no series is called so; there are \(some)\(known.count > 5 ? ", …" : "")")
    }
  }
}

extension SeriesExport.Format: ExpressibleByArgument {}
