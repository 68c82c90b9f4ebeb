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
  @OptionGroup var alerts: AlertOptions

  @Option(
    help: ArgumentHelp(
      "What makes the check fail: error, warning, note, or codes of findings; may be given several times.",
      valueName: "severity|code"),
    transform: FailOn.init)
  var failOn: [FailOn] = []

  @Flag(help: "Stay until the runs end, or until a finding makes the check fail.")
  var follow = false

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  func run() throws {
    try StandardStreams.checkInput(paths)
    let options = try RunOptions(reading, budgets: limits.budget)
    let limit = FailOn.limit(failOn)
    var herald = FindingHerald(alerts, isQuiet: false)
    defer { herald.finish(patience: Self.patience) }
    let (checked, failure) = follow ? try followed(options, limit, &herald) : try loadedOnce(options, &herald)
    if let failure, checked.isEmpty { throw failure }
    let document = CheckDocument(
      runs: checked.map { CheckReport($0.run, state: $0.state, limit: limit, findsStall: findsStall) })
    try say(document)
    if document.status == 1 { throw ExitStatus.checkFailed }
    if let failure { throw failure }
    if document.status == 2 { throw ExitStatus.nothingToJudge }
  }

  /// Seconds that a command for a finding gets before the check ends.
  private static let patience = 10.0

  private typealias Checked = (run: AnalysedRun, state: RunState)

  /// Of an archive that ended without a word nobody wants to hear that it stands still.
  private var findsStall: Bool { follow || alerts.stall != nil }

  private func loadedOnce(
    _ options: RunOptions, _ herald: inout FindingHerald
  ) throws -> (checked: [Checked], failure: ExitCode?) {
    var checked: [Checked] = []
    var failure: ExitCode?
    for entry in RunCatalogue().runs(at: paths) {
      do throws(ExitCode) {
        let run = try loaded { () throws(LoadingProblem) in try options.loading(entry).loadAll() }
        let state = RunState(of: run.model, now: ProcessEnvironment.now, stall: alerts.stall?.seconds)
        checked.append((run, state))
      } catch {
        // What is wrong with one run was said; the others are checked all the same.
        failure = failure ?? error
      }
    }
    try options.check(checked.map(\.run.model))
    for (run, state) in checked { call(herald.tell(findings(run, state), of: run.model)) }
    return (checked, failure)
  }

  private func findings(_ run: AnalysedRun, _ state: RunState) -> [Finding] {
    run.findings() + (findsStall ? state.findings(of: run.model) : [])
  }

  private func followed(
    _ options: RunOptions, _ limit: CheckLimit, _ herald: inout FindingHerald
  ) throws -> (checked: [Checked], failure: ExitCode?) {
    let entries = RunCatalogue().runs(at: paths)
    let loadings = (entries.isEmpty ? paths.map { RunCatalogue.Entry(path: $0) } : entries).map(
      options.loading)
    var following: FollowedRuns
    do {
      following = try FollowedRuns(loadings)
    } catch {
      StandardError.say("\(paths[0]): cannot start to read: \(error)")
      throw ExitStatus.unusableData
    }
    defer { following.stop() }
    while true {
      following.wait(milliseconds: 1000)
      let checked = following.runs.map { run -> Checked in
        (run.live, run.state(now: SystemClock.secondsSince1970(), stall: alerts.stall?.seconds))
      }
      // What is half read is not judged.
      guard following.isUpToDate else { continue }
      var isBroken = false
      for (run, state) in checked {
        let found = findings(run, state)
        call(herald.tell(found, of: run.model))
        if found.contains(where: { limit.isBroken(by: $0) }) { isBroken = true }
      }
      let isOver = checked.allSatisfy { $0.state.isOver || $0.run.hasFailedToRead }
      if isBroken || isOver { return (checked, following.complain()) }
    }
  }

  /// Rings or notifies on the terminal that the program was started from.
  private func call(_ bytes: [UInt8]) {
    if !bytes.isEmpty { ControllingTerminal.send(bytes) }
  }

  private func say(_ document: CheckDocument) throws {
    switch format {
    case .json: try StandardOutput.say(encoded: document.json())
    case .text:
      let texts = document.runs.map { run in
        let text = run.text { DisplayWidth.of(Printable.text($0)) }
        return document.runs.count > 1 ? "\(run.path):\n\(text)" : text
      }
      try StandardOutput.say(Printable.lines(texts.joined(separator: "\n\n")))
    }
  }
}

extension AnalysedRun {
  /// True where nothing more can come because its log cannot be read.
  fileprivate var hasFailedToRead: Bool {
    if case .failed = model.activity { true } else { false }
  }
}

/// Runs that are followed without a screen.
private struct FollowedRuns {
  private(set) var runs: [WatchedRun]
  private var sources: [RunSource]

  init(_ loadings: [RunLoading]) throws {
    runs = loadings.map { WatchedRun(run: $0.unread) }
    sources = try loadings.map { try RunSource($0) }
  }

  /// Waits for something new and takes it in.
  mutating func wait(milliseconds: Int32) {
    _ = Descriptors.wait(for: sources.flatMap(\.wakeDescriptors), milliseconds: milliseconds)
    let now = SystemClock.secondsSince1970()
    for index in sources.indices {
      while let news = sources[index].take() {
        switch news {
        case .records(let measured): runs[index].receive(measured, now: now)
        case .logitsFile(let news): runs[index].receive(news)
        case .folder(let news): runs[index].receive(news)
        }
      }
    }
  }

  /// True once everything that is there was read.
  var isUpToDate: Bool { runs.allSatisfy { !$0.run.isReading && $0.run.activity != .notOpened } }

  /// Says what could not be read; the status for that.
  func complain() -> ExitCode? {
    for run in runs {
      if case .failed(let reason) = run.run.activity {
        StandardError.say(reason)
        return ExitStatus.unusableData
      }
    }
    return nil
  }

  func stop() {
    for source in sources { source.askToStop() }
    for source in sources { source.stop(patience: 200) }
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
