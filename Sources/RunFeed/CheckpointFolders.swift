package import FileAccess
internal import RunLog
package import RunModel

/// Looks for the checkpoints that a trainer left in the folder of its run.
package struct CheckpointFolders: Sendable {
  private let fileSystem: any LogFileSystem

  /// What trainers call them, in front of the step: the Hugging Face Trainer, verl, others.
  private static let beginnings = [
    "checkpoint-", "checkpoint_", "global_step_", "global_step", "step-", "step_",
  ]

  package init(in fileSystem: any LogFileSystem = DiskFileSystem()) { self.fileSystem = fileSystem }

  /// The folders beside the log of a run, or in its directory.
  package func checkpoints(of path: String) -> [SavedCheckpoint] {
    guard path != PathText.standardInput else { return [] }
    let status = try? fileSystem.status(of: path)
    let directory = status?.kind == .directory ? path : PathText.parent(of: path)
    let names = (try? fileSystem.entries(of: directory)) ?? []
    return names.compactMap { name in
      guard let step = Self.step(of: name) else { return nil }
      let path = PathText.joined(directory, name)
      guard (try? fileSystem.status(of: path))?.kind == .directory else { return nil }
      return SavedCheckpoint(step: step, path: path)
    }
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
