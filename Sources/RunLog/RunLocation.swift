/// Where a run's log is: a path may name the log itself or the directory it is in.
package enum RunLocation: Sendable, Hashable {
  case file(String)
  /// Standard input (`-`), a named pipe or a device.
  case pipe(String)
  /// Many files of one folder that are one log.
  case folder(FolderKind, String)
  /// Nothing yet: the path, or the log in its directory, may still be created.
  case waiting
  /// One line that says why the path cannot be used as it is.
  case unusable(String)

  /// The path that stands for standard input.
  package static let standardInput = "-"

  /// Names of a log in its directory, the likeliest first.
  package static let usualNames = ["metrics.jsonl", "log.jsonl"]

  /// Logs of trainers that end in `.jsonl` too.
  private static let trainerNames = ["trainer_log.jsonl"]

  /// Finds the log of a run: the path itself, or in a directory `metrics.jsonl`, `log.jsonl`, the richest log that a
  /// trainer left there, or the only `.jsonl`.
  package static func resolve(_ path: String, in fileSystem: any LogFileSystem) -> RunLocation {
    if path == standardInput { return .pipe(path) }
    do throws(FileProblem) {
      switch try fileSystem.status(of: path).kind {
      case .file: return FolderKind.of(path, in: fileSystem).map { .folder($0, path) } ?? .file(path)
      case .pipe: return .pipe(path)
      case .directory: return try log(inDirectory: path, fileSystem)
      }
    } catch {
      return RunLocation(error)
    }
  }

  private static func log(
    inDirectory directory: String, _ fileSystem: any LogFileSystem
  ) throws(FileProblem) -> RunLocation {
    for name in usualNames {
      let path = joined(directory, name)
      if let kind = try? fileSystem.status(of: path).kind, kind == .file { return .file(path) }
    }
    let names = try fileSystem.entries(of: directory).filter { !$0.hasPrefix(".") }.sorted()
    if let kind = FolderKind.of(directory, in: fileSystem) { return .folder(kind, directory) }
    let candidates = names.filter { $0.hasSuffix(".jsonl") && !trainerNames.contains($0) }
    // A trainer's log comes before a file of no usual name: that may as well be the data it is trained on.
    if let found = DirectorySearch(fileSystem).richest(in: directory, names) { return .file(found) }
    if candidates.count == 1 { return .file(joined(directory, candidates[0])) }
    if candidates.count > 1 {
      let names = candidates.prefix(3).joined(separator: ", ")
      return .unusable("\(candidates.count) logs in the directory (\(names)): name one of them")
    }
    return .waiting
  }

  private init(_ problem: FileProblem) {
    switch problem {
    case .missing: self = .waiting
    case .unreadable(let reason): self = .unusable(reason)
    }
  }

  package static func joined(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  /// The directory that a path is in.
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
