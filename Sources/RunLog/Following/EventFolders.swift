internal import FileAccess

/// The event files of a run's directory, and the folders that TensorBoard shows as runs beside it.
///
/// Event files that lie in one folder continue each other. A folder below is a run of its own, except where a trainer
/// makes a new one for each launch (`runs/Nov23_15-11-38_host`).
struct EventFolders {
  private(set) var files: [String] = []
  private(set) var subRuns: [String] = []

  private let listings: DirectoryListings

  /// Where trainers put event files in their output directory.
  private static let places = [
    "tb", "tensorboard", "tensorboard_logs", "tb_logs", "tb_runs", "runs", "logs", "lightning_logs",
  ]
  /// Folders of one directory that are looked into.
  private static let mostFolders = 256

  init(in directory: String, _ listings: DirectoryListings) {
    self.listings = listings
    files = eventFiles(in: directory)
    guard files.isEmpty else {
      subRuns = folders(in: directory).filter { !Self.isPlace($0) && !eventFiles(in: $0).isEmpty }
      return
    }
    for place in Self.places where listings.names(of: directory).contains(place) {
      look(into: PathText.joined(directory, place))
      if !files.isEmpty || !subRuns.isEmpty { return }
    }
    let versions = versions(in: directory)
    files = versions.first.map(eventFiles) ?? []
    if files.isEmpty {
      subRuns = folders(in: directory).filter { Self.isSplit($0) && !eventFiles(in: $0).isEmpty }
    }
  }

  private mutating func look(into place: String) {
    files = eventFiles(in: place)
    let inside = folders(in: place).filter { !eventFiles(in: $0).isEmpty }
    if !files.isEmpty {
      subRuns = inside
      return
    }
    if let newest = versions(in: place).first {
      files = eventFiles(in: newest)
      return
    }
    let launches = inside.filter { Self.isLaunch(PathText.name(of: $0)) }
    if !launches.isEmpty {
      files = launches.flatMap(eventFiles).sorted { Self.order($0) < Self.order($1) }
    } else if inside.count == 1, !Self.isSplit(inside[0]) {
      files = eventFiles(in: inside[0])
    } else {
      subRuns = inside
    }
  }

  /// Folders of versions that have event files, the newest first.
  private func versions(in directory: String) -> [String] {
    folders(in: directory)
      .filter { PathText.name(of: $0).hasPrefix("version_") && !eventFiles(in: $0).isEmpty }
      .sorted { Self.version($0) > Self.version($1) }
  }

  private func eventFiles(in directory: String) -> [String] {
    listings.names(of: directory).filter(SourceKind.named(.tensorBoard).matches)
      .map { PathText.joined(directory, $0) }.filter(listings.isFile)
      .sorted { Self.order($0) < Self.order($1) }
  }

  /// Names with a dot are mostly files: a folder that has one is found all the same, files just have no entries.
  private func folders(in directory: String) -> [String] {
    listings.names(of: directory).filter { !SourceKind.named(.tensorBoard).matches($0) }.prefix(
      Self.mostFolders
    )
    .map { PathText.joined(directory, $0) }
  }

  private static func isPlace(_ path: String) -> Bool { places.contains(PathText.name(of: path)) }
  /// True for a folder that holds the training or the evaluations of a run.
  private static func isSplit(_ path: String) -> Bool { Phase(word: PathText.name(of: path)) != nil }
  private static func version(_ path: String) -> Int { SourceSearch.number(atEndOf: path) ?? -1 }

  /// `Nov23_15-11-38_host`, as the writer of torch names its folders by default.
  private static func isLaunch(_ name: String) -> Bool {
    name.wholeMatch(of: /[A-Z][a-z]{2}[0-9]{2}_[0-9]{2}-[0-9]{2}-[0-9]{2}_.*/) != nil
  }

  /// Event files carry the second in which they were begun.
  private static func order(_ path: String) -> (Int, String) {
    let parts = PathText.name(of: path).split(separator: ".")
    return (parts.count > 3 ? Int(parts[3]) ?? 0 : 0, path)
  }
}
