package import FileAccess

/// The runs that paths name: a log, the directory of a run, or a directory whose folders are runs.
package struct RunCatalogue: Sendable {
  /// One run, not opened.
  package struct Entry: Sendable, Hashable {
    package var path: String
    /// What it is called, where its path alone does not say it; `NAME/sub` for a folder of event files below a run.
    package var name: String?
    /// Last change of its logs, nanoseconds since 1970; `nil` where there is none yet.
    package var modified: Int64?

    package init(path: String, name: String? = nil, modified: Int64? = nil) {
      self.path = path
      self.name = name
      self.modified = modified
    }
  }

  private let fileSystem: any LogFileSystem

  /// The newest ones first where there are more than `count`, else as they are.
  package static func newestFirst(_ entries: [Entry], ifMoreThan count: Int) -> [Entry] {
    guard entries.count > count else { return entries }
    return entries.sorted { ($0.modified ?? 0, $1.path) > ($1.modified ?? 0, $0.path) }
  }

  /// Folders of folders that runs may lie in.
  private static let deepest = 3
  /// Directories that are looked into for one path.
  private static let mostDirectories = 20_000

  package init(in fileSystem: any LogFileSystem = DiskFileSystem()) {
    self.fileSystem = fileSystem
  }

  /// The runs that one path names, at least one: the path itself where nothing is there yet.
  ///
  /// A run's own folders of event files come behind it; folders that are runs come with the newest first.
  package func runs(at path: String) -> [Entry] {
    guard case .directory = RunLocation.resolve(path, in: fileSystem) else {
      let stored = TrackingStore(path, in: fileSystem).map { storedRuns([$0]) } ?? []
      return stored.count > 1 ? stored : [Entry(path: path, modified: modified([path]))]
    }
    let listings = DirectoryListings(fileSystem)
    let stored = storedRuns(SourceSearch.stores(in: path, names: listings.names(of: path), fileSystem))
    if stored.count > 1, !hasOtherLogs(path, listings) { return stored }
    let own = run(at: path, name: nil, listings)
    if !own.isEmpty { return own }
    var budget = Self.mostDirectories
    let below = runs(below: path, name: Self.name(path), depth: 1, listings, &budget)
    return below.isEmpty ? [Entry(path: path)] : Self.newestFirst(below, ifMoreThan: 1)
  }

  /// The runs that several paths name, each once, path by path.
  package func runs(at paths: [String]) -> [Entry] {
    var known: Set<String> = []
    return paths.flatMap { runs(at: $0) }.filter { known.insert($0.path).inserted }
  }

  /// Every run of some databases of trackers, the newest first.
  private func storedRuns(_ stores: [TrackingStore]) -> [Entry] {
    let entries = stores.flatMap { store in
      let runs = (try? store.runs(in: fileSystem)) ?? []
      let names = Dictionary(grouping: runs, by: \.name)
      return runs.map { run in
        let isOnly = names[run.name]?.count == 1
        return Entry(
          path: PathText.joined(store.path, store.component(of: run, isOnly: isOnly)), name: run.name,
          modified: run.modified)
      }
    }
    return Self.newestFirst(entries, ifMoreThan: 1)
  }

  /// True where a directory is a run's for other reasons than a database in it.
  private func hasOtherLogs(_ directory: String, _ listings: DirectoryListings) -> Bool {
    SourceSearch(listings).find(in: directory, looksInside: false).sources.contains {
      $0.kind != .named(.mlflow) && $0.kind != .named(.trackio)
    }
  }

  /// The run whose directory this is, and its folders of event files; empty where it is none.
  private func run(at directory: String, name: String?, _ listings: DirectoryListings) -> [Entry] {
    let found = SourceSearch(listings).find(in: directory, looksInside: name == nil)
    let subRuns = found.subRuns.map { path in
      let sub = PathText.name(of: path)
      return Entry(
        path: path, name: (name ?? Self.name(directory)) + "/" + sub, modified: modified(files(in: path)))
    }
    if found.sources.isEmpty && found.problem == nil {
      let measured = measuredFiles(in: directory, listings)
      return measured.isEmpty
        ? subRuns : [Entry(path: directory, name: name, modified: modified(measured))] + subRuns
    }
    // A lone file of no usual name is a log where it was asked for, not where runs are looked for.
    if name != nil, found.sources.allSatisfy({ $0.kind == .logOfAnotherName }) { return subRuns }
    return [Entry(path: directory, name: name, modified: modified(found.sources.flatMap(\.files)))] + subRuns
  }

  /// Files of rows or logits in the folders that a run without a log has.
  private func measuredFiles(in directory: String, _ listings: DirectoryListings) -> [String] {
    let names = listings.names(of: directory)
    return ["rows", "logits"].filter(names.contains).flatMap { folder in
      files(in: PathText.joined(directory, folder)).filter {
        $0.hasSuffix(".safetensors") && !PathText.name(of: $0).hasPrefix(".")
      }
    }
  }

  private func runs(
    below directory: String, name: String, depth: Int, _ listings: DirectoryListings, _ budget: inout Int
  ) -> [Entry] {
    var entries: [Entry] = []
    for child in listings.names(of: directory) where budget > 0 {
      let path = PathText.joined(directory, child)
      guard case .directory = RunLocation.resolve(path, in: fileSystem) else { continue }
      budget -= 1
      let childName = depth == 1 ? child : name + "/" + child
      let found = run(at: path, name: childName, listings)
      entries += found
      if found.isEmpty, depth < Self.deepest {
        entries += runs(below: path, name: childName, depth: depth + 1, listings, &budget)
      }
    }
    return entries
  }

  private func files(in directory: String) -> [String] {
    ((try? fileSystem.entries(of: directory)) ?? []).map { PathText.joined(directory, $0) }
  }

  private func modified(_ paths: [String]) -> Int64? {
    paths.compactMap { path in
      guard let status = try? fileSystem.status(of: path), status.kind == .file else { return nil }
      return status.modified
    }
    .max()
  }

  /// The last part of a path that is a name; `.` and `..` are none.
  private static func name(_ path: String) -> String {
    let name = PathText.name(of: path)
    return name == "." || name == ".." ? path : name
  }
}
