import ArgumentParser
import RunAnalysis
import RunFeed
import RunLog
import RunModel
import Settings

/// What every command that reads logs takes.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Dialect of the log, which is told from its content by default; of a directory, only logs of this dialect are "
        + "read.", valueName: "name"))
  var dialect: Dialect?

  @Option(
    help: ArgumentHelp(
      "A set or metric of what the model could do before; several separated by commas, or given several times.",
      valueName: "name"))
  var retention: [String] = []

  @Option(
    help: ArgumentHelp(
      "A set or metric of what the model is tuned for; several separated by commas, or given several times.",
      valueName: "name"))
  var new: [String] = []

  @Option(
    help: ArgumentHelp(
      "Settings to use instead of ~/.config/kltop/config.toml; options come before them.", valueName: "file"),
    completion: .file(extensions: ["toml"]))
  var config: String?
}

extension Dialect: ExpressibleByArgument {}

/// How runs are read and what they may do: by the options, else by the settings.
struct RunOptions {
  let dialect: Dialect?
  let budgets: [Budget]
  let sets: SetNaming
  private let ownBudgets: [Budget]

  /// - Throws: an exit status where a file of settings that was named cannot be read.
  init(_ reading: ReadingOptions, budgets: [Budget] = []) throws {
    try self.init(reading, budgets: budgets, settings: SettingsFile.load(reading.config).settings)
  }

  init(_ reading: ReadingOptions, budgets: [Budget], settings: Settings) {
    dialect = reading.dialect
    ownBudgets = budgets
    self.budgets =
      budgets.isEmpty
      ? settings.budgets.compactMap { text in
        var budget = try? Budget(text)
        budget?.isFromSettings = true
        return budget
      } : budgets
    func names(_ given: [String]) -> [String] { given.flatMap { $0.split(separator: ",").map(String.init) } }
    sets = SetNaming(retention: names(reading.retention), new: names(reading.new))
      .completed(by: SetNaming(retention: settings.retention, new: settings.new))
  }

  func loading(_ entry: RunCatalogue.Entry) -> RunLoading {
    RunLoading(entry, dialect: dialect, budgets: budgets, sets: sets)
  }

  /// The one run of a path.
  func loading(onlyRunOf path: String) throws(LoadingProblem) -> RunLoading {
    var loading = try RunLoading.only(of: path, dialect: dialect)
    (loading.budgets, loading.sets) = (budgets, sets)
    return loading
  }

  /// What is wrong with a budget of the options that is about nothing in any of some runs, of which everything was read.
  func complaint(about runs: [RunModel]) -> String? {
    guard let first = runs.first else { return nil }
    return ownBudgets.first { budget in !runs.contains { $0.knows(budget) } }.map {
      first.complaint(about: $0)
    }
  }

  /// - Throws: a usage error where a budget of the options is about nothing in any of the runs.
  func check(_ runs: [RunModel]) throws {
    if let complaint = complaint(about: runs) { throw ValidationError("--budget: \(complaint)") }
  }
}
