package import FileAccess
internal import FoundationEssentials
internal import RunLog
package import RunModel

/// Everything that lies in a run's folder beside its logs.
package struct RunFolder {
  private let memory: FileMemory

  package init(in fileSystem: any LogFileSystem = DiskFileSystem()) { memory = FileMemory(fileSystem) }

  /// What is there now; of what it looked at before only what has changed is read.
  ///
  /// - Parameters:
  ///   - path: of the run: a log or its directory.
  ///   - logs: the logs of the run, to say when they were last written to.
  package func news(of path: String, logs: [String] = []) -> RunFolderNews {
    var news = CheckpointFolders(memory).news(of: path, logs: logs)
    let files = SurroundingFiles(memory)
    news.surroundings = files.surroundings(of: path)
    news.end = files.end(of: path) ?? TrackingStore.end(ofRunAt: path, in: memory.fileSystem)
    return news
  }
}

/// Looks for what a trainer left in the folder of its run: checkpoints, and its own state in them.
package struct CheckpointFolders {
  private let memory: FileMemory

  /// What trainers call them, in front of the step: the Hugging Face Trainer, verl, others.
  private static let beginnings = [
    "checkpoint-", "checkpoint_", "global_step_", "global_step", "step-", "step_",
  ]
  private static let stateName = "trainer_state.json"
  /// What `kltop run` writes.
  private static let keptName = "run.json"
  /// A state that is larger is not read for three numbers.
  private static let mostBytes = 32 << 20

  package init(in fileSystem: any LogFileSystem = DiskFileSystem()) { self.init(FileMemory(fileSystem)) }

  init(_ memory: FileMemory) { self.memory = memory }

  /// What lies beside the log of a run, or in its directory; of a checkpoint's own folder what lies beside that.
  ///
  /// - Parameter logs: the logs of the run, to say when they were last written to.
  package func news(of path: String, logs: [String] = []) -> RunFolderNews {
    var news = RunFolderNews()
    guard path != PathText.standardInput else { return news }
    let status = try? memory.fileSystem.status(of: path)
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
    memory.names(of: directory).compactMap { name in
      guard let step = Self.step(of: name) else { return nil }
      let path = PathText.joined(directory, name)
      guard (try? memory.fileSystem.status(of: path))?.kind == .directory else { return nil }
      return SavedCheckpoint(step: step, path: path)
    }
  }

  /// Seconds since 1970.
  private func lastWritten(_ logs: [String]) -> Double? {
    let times = logs.compactMap { log -> Int64? in
      guard let status = try? memory.fileSystem.status(of: log), status.kind == .file else { return nil }
      return status.modified
    }
    return times.max().map { Double($0) / 1e9 }
  }

  /// When a file was last put into a run's folders of rows and logits, seconds since 1970: of a run without a log.
  private func lastAdded(to directory: String) -> Double? {
    let times = ["rows", "logits"].compactMap { name in
      try? memory.fileSystem.status(of: PathText.joined(directory, name)).modified
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
    memory.value(of: PathText.joined(directory, name), most: Self.mostBytes) { bytes in
      let decoder = JSONDecoder()
      // Python writes NaN.
      decoder.allowsJSON5 = true
      return try? decoder.decode(type, from: Data(bytes))
    } ?? nil
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
