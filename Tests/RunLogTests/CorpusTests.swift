import Foundation
import RunLog
import TestSupport
import Testing

/// Inputs that fuzzing found to take ways of their own through the readers: each is a clear line or a valid result.
struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/Corpus")

  private static func files(_ kind: String) -> [URL] {
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder.appending(path: kind), includingPropertiesForKeys: nil)
    return (files ?? []).sorted { $0.path < $1.path }
  }

  @Test(arguments: ["safetensors", "npy"])
  func `A header is refused in one line or every number it tells of can be read`(kind: String) throws {
    var (valid, refused) = (0, 0)
    for file in Self.files(kind) {
      do {
        try LogitsMutationTests.readAll(
          LogitsHeader(path: file.path), fileSize: try Data(contentsOf: file).count)
        valid += 1
      } catch let problem as LogitsFileProblem {
        refused += 1
        #expect(!problem.reason.isEmpty && !problem.reason.contains("\n"), "\(file.lastPathComponent)")
      }
    }
    #expect(valid > 0 && refused > 15)
  }

  /// Names that the first byte of an input chooses from; the second says how much of the rest is there at first.
  private static let names = [
    "/metrics.jsonl", "/trainer_state.json", "/events.out.tfevents.1", "/run.wandb", "/metrics.csv",
    "/train.log",
    "/log.jsonl", "/trainer_log.jsonl",
  ]

  @Test func `A log comes to its end, and what it rejects has a reason`() throws {
    let files = Self.files("log")
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
