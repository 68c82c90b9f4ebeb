/// Kinds of logs that lie in the directory of a run, told by their names; what they are is told by their content.
package enum SourceKind: Sendable, Hashable {
  /// `metrics.jsonl`, `log.jsonl` or ms-swift's `logging.jsonl`.
  case usualLog
  /// Files of the ranks of one training, `metrics.rank-3.jsonl`.
  case ranks
  /// A file, or several, with the names that a dialect has in the table of dialects; of mlflow a folder.
  case named(Dialect)
  /// A file of any other name. A `.jsonl` may as well be the data that a run is trained on, so it counts only alone; what
  /// others are is told by looking into them.
  case logOfAnotherName

  /// Names of a log in its directory, the likeliest first.
  static let usualNames = ["metrics.jsonl", "log.jsonl", "logging.jsonl"]

  /// The kinds that are looked for in every directory, in the order in which they are listed.
  static let searched: [SourceKind] =
    [.usualLog, .ranks] + DialectEntry.all.compactMap { $0.files == nil ? nil : .named($0.dialect) }

  /// True where a file of this name is of this kind.
  func matches(_ name: String) -> Bool {
    switch self {
    case .usualLog: Self.usualNames.contains(name)
    case .ranks: RankFile.isLog(name)
    case .named(let dialect): DialectEntry.of(dialect)?.files?.matches(name) ?? false
    case .logOfAnotherName:
      name.hasSuffix(".jsonl") && !Self.searched.contains { $0.matches(name) }
    }
  }

  /// True where a newer file takes the place of an older one.
  var isOneFile: Bool {
    guard case .named(let dialect) = self else { return self != .ranks }
    return DialectEntry.of(dialect)?.files?.isOneFile ?? true
  }

  /// Dialects that a file of this kind may be in.
  func mayBe(_ dialect: Dialect) -> Bool {
    if case .named(let own) = self { return own == dialect }
    return DialectEntry.all.contains { entry in
      guard entry.dialect == dialect else { return false }
      switch entry.reading {
      case .frames, .folder: return false
      case .lines, .headedLines, .anyLines, .objects: return true
      }
    }
  }
}

/// One source of a run as its directory shows it.
package struct FoundSource: Sendable, Hashable {
  package var kind: SourceKind
  /// Its files in the order in which they continue each other; at least one.
  package var files: [String]
}
