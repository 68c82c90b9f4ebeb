internal import Curves
internal import RunLog

// What the run's folder and the last records tell: checkpoints, the end, the configuration.

extension RunModel {
  /// What a tracker's own notes beside the log say of its end, unless the log went on since.
  package var notedEnd: RunEnd? {
    guard let noted else { return nil }
    if hasTimes, let last = gaps.last, let time = noted.time, last > time + Self.patience { return nil }
    return RunEnd(noted, row: rows.count - 1)
  }

  /// The process that trained, once it has ended and nothing was written since.
  package var endedProcess: RunFolderNews.EndedProcess? {
    guard let process, hasTimes, let last = gaps.last, last > process.time + Self.patience else {
      return process
    }
    return nil
  }

  /// Seconds that two clocks may be apart.
  private static var patience: Double { 5 }

  /// `{"event":"end","status":"failed","error":"OutOfMemoryError"}`, by the texts of the record that was taken in last.
  mutating func noteEnd(in texts: ArraySlice<RecordText>) {
    guard texts.contains(where: { $0.key == "event" && $0.text == "end" }) else { return }
    func text(_ keys: [String]) -> String? { texts.last { keys.contains($0.key) }?.text }
    end = RunEnd(
      status: text(["status", "state"]) ?? "finished",
      reason: text(["error", "exception", "reason", "signal"]),
      row: rows.count - 1)
  }

  /// Takes in what the run's folder tells beside its logs.
  package mutating func note(_ folder: RunFolderNews) {
    note(folder.checkpoints)
    noteTrainersBest(folder.trainersBest)
    lastWritten = folder.lastWritten ?? lastWritten
    process = folder.process
    noted = folder.end
    surroundings = folder.surroundings
    guard let progress = folder.progress, progress.total != statedProgress?.total else { return }
    plannedSteps = progress.total
  }

  /// Every checkpoint that the log or the run's folder tells of, in the order of the steps.
  package var checkpoints: [SavedCheckpoint] { savedCheckpoints.values.sorted { $0.step < $1.step } }

  /// Takes in checkpoints that lie in the run's folder; what the log says of one stays.
  package mutating func note(_ checkpoints: [SavedCheckpoint]) {
    for checkpoint in checkpoints {
      let known = savedCheckpoints[checkpoint.step]
      var merged = SavedCheckpoint(
        step: checkpoint.step, path: known?.path ?? checkpoint.path,
        isTrainersBest: known?.isTrainersBest == true || checkpoint.isTrainersBest)
      merged.row = max(known?.row ?? -1, checkpoint.row)
      savedCheckpoints[checkpoint.step] = merged
    }
  }

  /// Marks the one checkpoint that the trainer's own measure calls the best.
  mutating func noteTrainersBest(_ best: RunFolderNews.TrainersBest?) {
    guard let best else { return }
    let name = best.path?.split(separator: "/").last
    savedCheckpoints = savedCheckpoints.mapValues { checkpoint in
      var checkpoint = checkpoint
      let isNamed = best.step == nil && checkpoint.path?.split(separator: "/").last == name
      checkpoint.isTrainersBest = best.step == checkpoint.step || isNamed
      return checkpoint
    }
  }

  /// `{"event":"checkpoint","step":120,"path":"out/checkpoint-120"}`, by the texts of the record that was taken in last.
  mutating func noteCheckpoint(in texts: ArraySlice<RecordText>, step: Int) {
    guard texts.contains(where: { $0.key == "event" && $0.text == "checkpoint" }) else { return }
    var checkpoint = SavedCheckpoint(step: step, path: texts.last { $0.key == "path" }?.text)
    checkpoint.row = rows.count - 1
    note([checkpoint])
  }

  /// Everything that the run was configured with, by key: what its own log says wins over files.
  package var configuration: [ConfigurationEntry] {
    var entries: [String: ConfigurationEntry] = [:]
    for entry in surroundings.configuration where entries[entry.key] == nil { entries[entry.key] = entry }
    for (key, value) in description.configuration {
      entries[key] = ConfigurationEntry(key: key, value: value, source: description.configurationSource)
    }
    return entries.values.sorted { $0.key < $1.key }
  }
}
