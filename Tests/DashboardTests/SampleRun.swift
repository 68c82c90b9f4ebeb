import Foundation
import RunLog
import RunModel

/// The sample runs of the repository, read as the program reads them.
enum SampleRun: String, CaseIterable, Sendable {
  case digitsSFT = "digits-sft"
  case digitsKL = "digits-kl"
  case digitsReferenceInTrainMode = "digits-ref-in-train-mode"
  case tinyLM = "tiny-lm"
  case seedExample = "seed-example"

  /// The whole run.
  var run: RunModel {
    guard let run = Self.runs[self] else { return RunModel(path: rawValue) }
    return run
  }

  /// When its last line was written, seconds since 1970.
  var end: Double { run.lastStep.flatMap { run.time(at: $0) } ?? 0 }

  private static let runs = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.read()) })

  /// Its records, as they are read.
  var batches: [RecordBatch] {
    let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../sample-runs/\(rawValue)").standardizedFileURL
    var follower = RunFollower(path: directory.path)
    var batches: [RecordBatch] = []
    repeat { batches.append(follower.nextBatch()) } while batches.last?.status.source == .reading
    return batches
  }

  private func read() -> RunModel {
    var comparer = RunComparer()
    // The path of the repository on this machine must not be seen on the screen.
    var run = RunModel(path: "sample-runs/\(rawValue)")
    for batch in batches { run.apply(comparer.measure(batch)) }
    return run
  }
}
