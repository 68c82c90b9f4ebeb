internal import FileAccess

/// The folder `rows` of a run: which of its files make up the evaluation of each step.
package struct RowsFolder: Sendable {
  /// What is new in the folder.
  package enum News: Sendable {
    case evaluation(RowsEvaluation)
    /// A file that is left out, with the reason.
    case leftOut(LogitsFileProblem, step: Int)
  }

  /// Every file as it was when its header was read; nil where it is no rows file that can be used.
  private var files: [String: (status: FileStatus, file: RowsShardFile?)] = [:]
  /// What was told of each step.
  private var told: [Int: [RowsShardFile]] = [:]
  private var toldLeftOut: Set<String> = []
  private var isForgotten = false

  package init() {}

  /// Evaluations that are new or have changed, by step, and files that are left out.
  package mutating func news(in directory: String) -> [News] {
    guard let names = try? DiskFileSystem().entries(of: directory) else { return [] }
    var news: [News] = []
    var present: Set<String> = []
    var hasChanged = false
    for name in names.sorted() where Self.mayHoldRows(name) {
      let path = PathText.joined(directory, name)
      guard let status = try? DiskFileSystem().status(of: path), status.kind == .file else { continue }
      present.insert(path)
      if let known = files[path], known.status == status { continue }
      hasChanged = true
      do throws(LogitsFileProblem) {
        let header = try RowsHeader(path: path)
        files[path] = (status, RowsShardFile(header, modified: status.modified))
      } catch {
        files[path] = (status, nil)
        if error.kind == .unusable { news.append(.leftOut(error, step: 0)) }
      }
    }
    // What was read stays; rank files that were brought together in one are not counted twice.
    let gone = files.keys.filter { !present.contains($0) }
    for path in gone { files[path] = nil }
    guard hasChanged || !gone.isEmpty || isForgotten else { return news }
    isForgotten = false
    return news + evaluations()
  }

  /// Tells of a step once more at the next look.
  package mutating func forget(step: Int) {
    told[step] = nil
    isForgotten = true
  }

  /// Names that begin with a dot are unfinished; vocabulary, probes and stored references lie beside the rows.
  static func mayHoldRows(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") && !name.hasPrefix(".") && name != TokenVocabulary.name
      && !name.hasPrefix("probes") && !name.hasPrefix("reference")
  }

  private mutating func evaluations() -> [News] {
    var news: [News] = []
    let plan = RowsPlan(files.values.compactMap(\.file))
    for (step, chosen) in plan.steps.sorted(by: { $0.key < $1.key }) {
      let all = chosen.groups.flatMap(\.files)
      guard told[step] != all else { continue }
      told[step] = all
      news.append(
        .evaluation(
          RowsEvaluation(step: step, files: chosen.groups.map { $0.files.map(\.path) }, shards: chosen.shards)
        ))
    }
    for (file, reason) in plan.leftOut where toldLeftOut.insert(file.path).inserted {
      news.append(.leftOut(LogitsFileProblem(file.path, reason), step: file.step))
    }
    return news
  }
}

/// The evaluations that a path names: of a rows file, of a folder of them, or of the run that the folder belongs to.
package struct RowsListing: Sendable {
  /// By step.
  package private(set) var evaluations: [RowsEvaluation] = []
  package private(set) var ignored: [LogitsFileProblem] = []

  /// Nil where there are no rows at the path.
  package init?(path: String) throws(LogitsFileProblem) {
    let disk = DiskFileSystem()
    guard (try? disk.status(of: path).kind) == .directory else {
      guard RowsHeader.isRows(path: path) else { return nil }
      let header = try RowsHeader(path: path)
      evaluations = [RowsEvaluation(step: header.step, files: [[path]])]
      return
    }
    guard let directory = Self.rowsDirectory(path, disk) else { return nil }
    var folder = RowsFolder()
    for news in folder.news(in: directory) {
      switch news {
      case .evaluation(let evaluation): evaluations.append(evaluation)
      case .leftOut(let problem, _): ignored.append(problem)
      }
    }
    if evaluations.isEmpty { throw ignored.first ?? LogitsFileProblem(directory, "has no rows files") }
  }

  /// The folder itself where it holds rows, else the one of a run that has no logits.
  private static func rowsDirectory(_ path: String, _ disk: DiskFileSystem) -> String? {
    let names = (try? disk.entries(of: path)) ?? []
    let candidates = names.sorted().filter(RowsFolder.mayHoldRows)
    if candidates.contains(where: { RowsHeader.isRows(path: PathText.joined(path, $0)) }) { return path }
    let inner = PathText.joined(path, "rows")
    guard candidates.isEmpty, (try? disk.status(of: PathText.joined(path, "logits"))) == nil,
      (try? disk.status(of: inner).kind) == .directory
    else { return nil }
    return inner
  }
}
