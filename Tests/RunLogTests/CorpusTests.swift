import Foundation
import RunLog
import TestSupport
import Testing

/// Inputs that fuzzing found to take ways of their own through the readers: each is a clear line or a valid result.
struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/Corpus/log")

  /// Names that the first byte of an input chooses from; the second says how much of the rest is there at first.
  private static let names = [
    "/metrics.jsonl", "/trainer_state.json", "/events.out.tfevents.1", "/run.wandb", "/metrics.csv",
    "/train.log",
    "/log.jsonl", "/trainer_log.jsonl",
  ]

  @Test func `A log comes to its end, and what it rejects has a reason`() throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
    #expect(files.count > 20)
    for file in files {
      let input = [UInt8](try Data(contentsOf: file))
      let path = Self.names[Int(input[0] & 7)]
      let bytes = input.dropFirst(2)
      let cut = bytes.startIndex + bytes.count * Int(input[1]) / 255
      let disk = FakeFileSystem()
      disk.create(path, Array(bytes[..<cut]))
      var follower = RunFollower(path: path, fileSystem: disk)
      let first = Self.reachesEnd(&follower)
      disk.append(path, bytes[cut...])
      let second = Self.reachesEnd(&follower)
      #expect(first && second, "\(file.lastPathComponent)")
    }
  }

  private static func reachesEnd(_ follower: inout RunFollower) -> Bool {
    for _ in 0..<100 {
      let batch = follower.nextBatch()
      for case .rejected(let reason) in batch.notices.map(\.kind) where "\(reason)".isEmpty { return false }
      if batch.status.source != .reading { return true }
    }
    return false
  }
}
