import ArgumentParser
import CellCanvas
import Reports
import RunAnalysis
import RunFeed
import RunModel

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Say which KL a log really holds, and which objective its losses follow.",
    discussion: """
      Compares every logged KL with the logits or sampled log-probabilities beside it under all known conventions, and \
      infers the weight and the sign of the KL term from the losses. Ends with status 0 when every KL that can be \
      checked is D(policy‖reference), mean over rows, with 1 when one is not or the losses reward drift, and with 2 \
      when none can be checked.
      """)

  @Argument(help: "A log, a run directory, or - for standard input.", completion: .file())
  var path: String

  @OptionGroup var reading: ReadingOptions

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  func run() throws {
    try StandardStreams.checkInput([path])
    let options = try RunOptions(reading)
    let audit = RunAudit(
      try loaded { () throws(LoadingProblem) in try options.loading(onlyRunOf: path).loadAll().model })
    switch format {
    case .json: try StandardOutput.say(encoded: AuditDocument(audit).json())
    case .text: try StandardOutput.say(Printable.lines(AuditText.text(of: audit)))
    }
    if !audit.isRight || audit.objective?.rewardsDrift == true { throw ExitStatus.checkFailed }
    if !audit.hasChecked { throw ExitStatus.nothingToJudge }
  }
}
