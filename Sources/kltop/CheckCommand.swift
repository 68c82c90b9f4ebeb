import ArgumentParser
import CellCanvas
import Reports
import RunAnalysis
import RunFeed
import RunLog
import RunModel

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say without a screen whether a run forgets or is broken, and which checkpoint to keep.",
    discussion: """
      Ends with status 0 where nothing is found, with 1 where a finding at or above --fail-on holds, and with 2 where \
      there is nothing to judge. Of several runs any 1 counts, else any 2.
      """)

  @Argument(help: "Logs, run directories, directories of runs, or - for standard input.", completion: .file())
  var paths: [String]

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var limits: BudgetOptions
  @OptionGroup var sets: SetOptions

  @Option(
    help: ArgumentHelp(
      "What makes the check fail: error, warning, note, or codes of findings; may be given several times.",
      valueName: "severity|code"),
    transform: FailOn.init)
  var failOn: [FailOn] = []

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  func run() throws {
    try StandardStreams.checkInput(paths)
    let budgets = limits.budget.isEmpty ? try SettingsFile.budgets : limits.budget
    let limit = FailOn.limit(failOn)
    var reports: [CheckReport] = []
    var failure: ExitCode?
    for entry in RunCatalogue().runs(at: paths) {
      do throws(ExitCode) {
        let run = try loaded { () throws(LoadingProblem) in
          try RunLoading(entry, dialect: reading.dialect, budgets: budgets, sets: sets.naming).loadAll()
        }
        reports.append(CheckReport(run, limit: limit))
      } catch {
        // What is wrong with one run was said; the others are checked all the same.
        failure = failure ?? error
      }
    }
    let document = CheckDocument(runs: reports)
    if let failure, reports.isEmpty { throw failure }
    try say(document)
    if document.status == 1 { throw ExitStatus.checkFailed }
    if let failure { throw failure }
    if document.status == 2 { throw ExitStatus.nothingToJudge }
  }

  private func say(_ document: CheckDocument) throws {
    switch format {
    case .json: try StandardOutput.say(document.json())
    case .text:
      let texts = document.runs.map { run in
        let text = run.text { DisplayWidth.of(Printable.text($0)) }
        return document.runs.count > 1 ? "\(run.path):\n\(text)" : text
      }
      try StandardOutput.say(PrintableText.lines(texts.joined(separator: "\n\n")))
    }
  }
}

/// What makes a check fail, as a user writes it: severities and codes, separated by commas.
struct FailOn {
  private let severities: [Finding.Severity]
  private let codes: [FindingCode]

  init(_ text: String) throws {
    var severities: [Finding.Severity] = []
    var codes: [FindingCode] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      if let severity = Finding.Severity(rawValue: String(word)) {
        severities.append(severity)
      } else if let code = FindingCode(rawValue: String(word)) {
        codes.append(code)
      } else {
        let all = FindingCode.allCases.map(\.rawValue).sorted().joined(separator: ", ")
        throw ValidationError(
          "--fail-on: \"\(word)\" is no severity (error, warning, note) and no code of a finding: \(all)")
      }
    }
    (self.severities, self.codes) = (severities, codes)
  }

  /// The mildest severity, and every code, that was named.
  static func limit(_ all: [FailOn]) -> CheckLimit {
    let order = Finding.Severity.allCases
    let mildest = all.flatMap(\.severities).compactMap { order.firstIndex(of: $0) }.max()
    let codes = all.flatMap(\.codes)
    // Codes beside a severity count besides it.
    return CheckLimit(severity: mildest.map { order[$0] } ?? (codes.isEmpty ? .warning : nil), codes: codes)
  }
}

/// What the evaluation sets of a run are.
struct SetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A set or metric of what the model could do before; may be given several times.", valueName: "name"))
  var retention: [String] = []

  @Option(
    help: ArgumentHelp(
      "A set or metric of what the model is tuned for; may be given several times.", valueName: "name"))
  var new: [String] = []

  var naming: SetNaming { SetNaming(retention: retention, new: new) }
}
