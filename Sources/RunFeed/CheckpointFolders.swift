package import FileAccess
internal import FoundationEssentials
internal import RunLog
package import RunModel

/// Everything that lies in a run's folder beside its logs.
package enum RunFolder {
  /// - Parameters:
  ///   - path: of the run: a log or its directory.
  ///   - logs: the logs of the run, to say when they were last written to.
  package static func news(
    of path: String, logs: [String] = [], in fileSystem: any LogFileSystem = DiskFileSystem()
  ) -> RunFolderNews {
    var news = CheckpointFolders(in: fileSystem).news(of: path, logs: logs)
    let files = SurroundingFiles(in: fileSystem)
    news.surroundings = files.surroundings(of: path)
    news.end = files.end(of: path) ?? TrackingStore.end(ofRunAt: path, in: fileSystem)
    return news
  }
}

/// Looks for what a trainer left in the folder of its run: checkpoints, and its own state in them.
package struct CheckpointFolders: Sendable {
  private let fileSystem: any LogFileSystem

  /// What trainers call them, in front of the step: the Hugging Face Trainer, verl, others.
  private static let beginnings = [
    "checkpoint-", "checkpoint_", "global_step_", "global_step", "step-", "step_",
  ]
  private static let stateName = "trainer_state.json"
  /// What `kltop run` writes.
  private static let keptName = "run.json"
  /// A state that is larger is not read for three numbers.
  private static let mostBytes = 32 << 20

  package init(in fileSystem: any LogFileSystem = DiskFileSystem()) { self.fileSystem = fileSystem }

  /// What lies beside the log of a run, or in its directory; of a checkpoint's own folder what lies beside that.
  ///
  /// - Parameter logs: the logs of the run, to say when they were last written to.
  package func news(of path: String, logs: [String] = []) -> RunFolderNews {
    var news = RunFolderNews()
    guard path != PathText.standardInput else { return news }
    let status = try? fileSystem.status(of: path)
    var directory = status?.kind == .directory ? path : PathText.parent(of: path)
    news.lastWritten = lastWritten(logs.isEmpty ? [path] : logs) ?? lastAdded(to: directory)
    if Self.step(of: PathText.name(of: directory)) != nil { directory = PathText.parent(of: directory) }
    news.checkpoints = checkpoints(in: directory)
    if let kept = decoded(KeptProcess.self, in: PathText.joined(directory, ".kltop"), Self.keptName),
      let status = kept.status, let time = kept.ended
    {
      news.process = RunFolderNews.EndedProcess(status: status, time: time)
    }
    let newest = news.checkpoints.max { $0.step < $1.step }?.path
    let states = [newest, directory].compactMap(\.self).compactMap {
      decoded(State.self, in: $0, Self.stateName)
    }
    guard let state = states.max(by: { ($0.global_step ?? 0) < ($1.global_step ?? 0) }) else { return news }
    if let total = state.max_steps, let done = state.global_step {
      news.progress = TrainingProgress(done: done, total: total)
    }
    if state.best_global_step != nil || state.best_model_checkpoint != nil {
      news.trainersBest = RunFolderNews.TrainersBest(
        step: state.best_global_step
          ?? state.best_model_checkpoint.flatMap { Self.step(of: PathText.name(of: $0)) },
        path: state.best_model_checkpoint)
    }
    return news
  }

  private func checkpoints(in directory: String) -> [SavedCheckpoint] {
    let names = (try? fileSystem.entries(of: directory)) ?? []
    return names.compactMap { name in
      guard let step = Self.step(of: name) else { return nil }
      let path = PathText.joined(directory, name)
      guard (try? fileSystem.status(of: path))?.kind == .directory else { return nil }
      return SavedCheckpoint(step: step, path: path)
    }
  }

  /// Seconds since 1970.
  private func lastWritten(_ logs: [String]) -> Double? {
    let times = logs.compactMap { log -> Int64? in
      guard let status = try? fileSystem.status(of: log), status.kind == .file else { return nil }
      return status.modified
    }
    return times.max().map { Double($0) / 1e9 }
  }

  /// When a file was last put into a run's folders of rows and logits, seconds since 1970: of a run without a log.
  private func lastAdded(to directory: String) -> Double? {
    let times = ["rows", "logits"].compactMap { name in
      try? fileSystem.status(of: PathText.joined(directory, name)).modified
    }
    return times.max().map { Double($0) / 1e9 }
  }

  /// What counts of a `trainer_state.json`.
  private struct State: Decodable {
    var best_model_checkpoint: String?
    var best_global_step: Int?
    var global_step: Int?
    var max_steps: Int?
  }

  /// What counts of what `kltop run` writes.
  private struct KeptProcess: Decodable {
    var status: Int?
    var ended: Double?
  }

  /// `nil` where there is none, or where it is being written.
  private func decoded<Content: Decodable>(_ type: Content.Type, in directory: String, _ name: String)
    -> Content?
  {
    let path = PathText.joined(directory, name)
    guard let status = try? fileSystem.status(of: path), status.kind == .file, status.size <= Self.mostBytes,
      let bytes = contents(of: path, size: status.size)
    else { return nil }
    let decoder = JSONDecoder()
    // Python writes NaN.
    decoder.allowsJSON5 = true
    return try? decoder.decode(type, from: Data(bytes))
  }

  private func contents(of path: String, size: Int) -> [UInt8]? {
    guard let file = try? fileSystem.open(path) else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let read = try? bytes.withUnsafeMutableBytes { buffer in
        try file.read(at: filled, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
      guard let read, read > 0 else { return nil }
      filled += read
    }
    return bytes
  }

  /// `checkpoint-120` is 120.
  static func step(of name: String) -> Int? {
    beginnings.lazy.compactMap { beginning -> Int? in
      guard name.hasPrefix(beginning) else { return nil }
      let digits = name.dropFirst(beginning.count)
      return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }.first
  }
}
