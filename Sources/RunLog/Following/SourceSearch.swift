package import FileAccess

/// Finds the logs that trainers leave in the directory of a run.
///
/// A directory may hold several of one run: the usual output folder of Hugging Face has `trainer_state.json`, event files
/// in `runs/` and a `.wandb` file.
package struct SourceSearch {
  private let listings: DirectoryListings

  /// What a directory holds.
  package struct Result: Sendable, Hashable {
    /// Sources of the run, at most one of a kind.
    package var sources: [FoundSource] = []
    /// Folders of event files beside or below the run's own, which TensorBoard shows as runs.
    package var subRuns: [String] = []
    /// One line that says why none of the logs that are there is taken.
    package var problem: String?
    /// One sentence about a log that was chosen for what is in it; `nil` where its name is a usual one.
    package var choice: String?

    package init() {}
  }

  private struct Folder {
    var path: String
    var names: [String]
  }

  /// Directories in which logs are, where they are not in the run's directory itself.
  private static let places: [@Sendable (String) -> Bool] = [
    { $0.hasPrefix("checkpoint-") && number(atEndOf: $0) != nil },
    { $0.hasPrefix("version_") && number(atEndOf: $0) != nil },
    {
      ["csv", "lightning_logs", "wandb", "lm_eval", "lm-eval", "evals", "eval_results", "results"].contains(
        $0)
    },
    { isWandbLaunch($0) },
    // The lm-evaluation-harness names a folder by the path of the model, with its slashes written so.
    { $0.contains("__") },
  ]

  /// `output/wandb/run-…/run-….wandb` and `output/lightning_logs/version_2/metrics.csv` are the deepest.
  private static let deepest = 2
  /// Directories of one place that are looked into, the newest first.
  private static let mostOfAPlace = 64
  /// Runs of a file store that are looked at for the newest.
  private static let mostRuns = 1024

  init(_ listings: DirectoryListings) {
    self.listings = listings
  }

  package init(in fileSystem: any LogFileSystem) {
    self.init(DirectoryListings(fileSystem))
  }

  /// Every log of the run whose directory this is.
  ///
  /// - Parameter looksInside: where no name is a usual one, files are looked into for a log.
  package func find(in directory: String, looksInside: Bool = true) -> Result {
    let folders = folders(from: directory, depth: 0)
    let events = EventFolders(in: directory, listings)
    var result = Result()
    for kind in SourceKind.searched {
      let files = kind == .named(.tensorBoard) ? events.files : files(of: kind, in: folders)
      if !files.isEmpty { result.sources.append(FoundSource(kind: kind, files: files)) }
    }
    result.subRuns = events.subRuns
    guard result.sources.isEmpty, let own = folders.first else { return result }
    addOddLog(of: own, to: &result)
    if result.sources.isEmpty, result.problem == nil, looksInside { addLogByContent(of: own, to: &result) }
    if result.sources.isEmpty, own.names.isEmpty, let reason = listings.problem(of: directory) {
      result.problem = reason
    }
    return result
  }

  /// The richest log among files of any name, of several such the newest.
  private func addLogByContent(of own: Folder, to result: inout Result) {
    let names = own.names.filter(LogProbe.mayBeLog)
    guard let found = listings.probe.best(of: names.map { PathText.joined(own.path, $0) }) else { return }
    result.sources = [FoundSource(kind: .logOfAnotherName, files: [found.path])]
    if names.count > 1 {
      let name = PathText.name(of: found.path)
      result.choice =
        "no log here has a usual name: of \(names.count) files kltop chose \(name) for what is in it"
    }
  }

  private func addOddLog(of own: Folder, to result: inout Result) {
    let candidates = own.names.filter(SourceKind.logOfAnotherName.matches)
    if candidates.count == 1 {
      let path = PathText.joined(own.path, candidates[0])
      result.sources = [FoundSource(kind: .logOfAnotherName, files: [path])]
    } else if candidates.count > 1 {
      let names = candidates.prefix(3).joined(separator: ", ")
      result.problem = "\(candidates.count) logs in the directory (\(names)): name one of them"
    }
  }

  private func files(of kind: SourceKind, in folders: [Folder]) -> [String] {
    switch kind {
    case .usualLog:
      guard let own = folders.first else { return [] }
      let paths = SourceKind.usualNames.filter(own.names.contains).map { PathText.joined(own.path, $0) }
      guard let log = paths.first(where: listings.isFile) else { return [] }
      return rotated(log, among: own) + [log]
    case .ranks: return rankFiles(in: folders)
    case .named(.torchtune): return allFiles(of: kind, in: folders.prefix(1))
    case .named(.evaluationHarness):
      return allFiles(of: kind, in: folders[...]).sorted { Self.checkpoint($0) < Self.checkpoint($1) }
    case .named(.mlflow): return (mlflowRun(in: folders) ?? store(.mlflow, in: folders)).map { [$0] } ?? []
    case .named(.trackio): return store(.trackio, in: folders).map { [$0] } ?? []
    default:
      // Folders come with the newest first, and of several names the last is the newest.
      for folder in folders {
        if let last = allFiles(of: kind, in: [folder]).last { return [last] }
      }
      return []
    }
  }

  /// The log of each rank, in the run's directory or in folders of the ranks.
  private func rankFiles(in folders: [Folder]) -> [String] {
    guard let own = folders.first else { return [] }
    let files = RankFile.largestLog(of: own.names.filter(RankFile.isLog)).map {
      PathText.joined(own.path, $0)
    }
    if !files.isEmpty { return files.filter(listings.isFile) }
    let inside = RankFile.largestLog(of: own.names).compactMap { name -> String? in
      let folder = PathText.joined(own.path, name)
      let names = listings.names(of: folder)
      return SourceKind.usualNames.first(where: names.contains).map { PathText.joined(folder, $0) }
    }
    return inside.count > 1 ? inside : []
  }

  /// What was rotated away of a log, the oldest first: `log.jsonl.2.gz`, `log.jsonl.1`.
  private func rotated(_ log: String, among own: Folder) -> [String] {
    let start = PathText.name(of: log) + "."
    let numbered = own.names.compactMap { name -> (Int, String)? in
      guard name.hasPrefix(start) else { return nil }
      let parts = name.dropFirst(start.count).split(separator: ".", omittingEmptySubsequences: false)
      guard let number = parts.first.flatMap({ Int($0) }), number > 0,
        parts.count == 1 || parts.count == 2 && ["gz", "zst"].contains(parts[1])
      else { return nil }
      return (number, name)
    }
    return numbered.sorted { $0 > $1 }.map { PathText.joined(own.path, $0.1) }.filter(listings.isFile)
  }

  /// The run of mlflow that a directory is, or the newest of the file store in it.
  private func mlflowRun(in folders: [Folder]) -> String? {
    guard let own = folders.first else { return nil }
    let fileSystem = listings.fileSystem
    if FolderKind.of(own.path, in: fileSystem) != nil { return own.path }
    guard own.names.contains("mlruns") else { return nil }
    let store = PathText.joined(own.path, "mlruns")
    let runs = inside(store).flatMap(inside).prefix(Self.mostRuns)
    let changed = runs.compactMap { run in
      (try? fileSystem.status(of: PathText.joined(run, "metrics"))).map {
        (path: run, modified: $0.modified)
      }
    }
    return changed.max { ($0.modified, $0.path) < ($1.modified, $1.path) }?.path
  }

  /// The database of a tracker in the run's directory, the one that was changed last.
  private func store(_ kind: TrackingStore.Kind, in folders: [Folder]) -> String? {
    guard let own = folders.first else { return nil }
    return Self.stores(in: own.path, names: own.names, listings.fileSystem).first { $0.kind == kind }?.path
  }

  /// Databases of trackers among the entries of a directory, the one that was changed last first.
  static func stores(in directory: String, names: [String], _ fileSystem: any LogFileSystem)
    -> [TrackingStore]
  {
    let endings = [".db", ".sqlite", ".sqlite3"]
    let paths = names.filter { name in endings.contains { name.hasSuffix($0) } }.prefix(mostOfAPlace)
      .map { PathText.joined(directory, $0) }
    return paths.compactMap { path in
      TrackingStore(path, in: fileSystem).map { ($0, (try? fileSystem.status(of: path).modified) ?? 0) }
    }
    .sorted { ($0.1, $1.0.path) > ($1.1, $0.0.path) }.map(\.0)
  }

  private func inside(_ directory: String) -> [String] {
    listings.names(of: directory).map { PathText.joined(directory, $0) }
  }

  /// The number of the last `checkpoint-N` in a path, and the path.
  private static func checkpoint(_ path: String) -> (Int, String) {
    let parts = path.split(whereSeparator: { "/_".contains($0) })
    return (parts.last { $0.hasPrefix("checkpoint-") }.flatMap { Int($0.dropFirst(11)) } ?? -1, path)
  }

  private func allFiles(of kind: SourceKind, in folders: ArraySlice<Folder>) -> [String] {
    folders.flatMap { folder in
      folder.names.filter(kind.matches).map { PathText.joined(folder.path, $0) }
    }
    .filter(listings.isFile)
  }

  /// A directory and those below it in which its run may have logs, the newest of a place first.
  private func folders(from directory: String, depth: Int) -> [Folder] {
    let names = listings.names(of: directory)
    var folders = [Folder(path: directory, names: names)]
    guard depth < Self.deepest else { return folders }
    for isPlace in Self.places {
      let found = names.filter(isPlace).sorted { Self.order($0) > Self.order($1) }
      for name in found.prefix(Self.mostOfAPlace) {
        folders += self.folders(from: PathText.joined(directory, name), depth: depth + 1)
      }
    }
    return folders
  }

  /// Launches of W&B sort by their date, whether they were synced or not; everything else by its number.
  private static func order(_ name: String) -> (Int, String) {
    (number(atEndOf: name) ?? -1, name.hasPrefix("offline-") ? String(name.dropFirst(8)) : name)
  }

  /// `run-20261123_150405-mgl9tzip`, or the same with `offline-` in front.
  private static func isWandbLaunch(_ name: String) -> Bool {
    let parts = name.split(separator: "-").drop { $0 == "offline" }
    guard parts.first == "run", let date = parts.dropFirst().first else { return false }
    return date.count == 15 && date.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "_") }
  }

  static func number(atEndOf name: String) -> Int? {
    name.lastIndex(where: { $0 == "-" || $0 == "_" }).flatMap { Int(name[name.index(after: $0)...]) }
  }
}
