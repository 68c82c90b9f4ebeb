import Foundation
import LogitsFiles
import Testing

/// Headers that fuzzing found to take ways of their own through the readers.
struct HeaderCorpusTests {
  private static func files(_ kind: String) throws -> [URL] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Fixtures/Corpus/\(kind)")
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  @Test(arguments: ["safetensors", "npy"])
  func `A header is refused in one line or every number it tells of can be read`(kind: String) throws {
    var (valid, refused) = (0, 0)
    for file in try Self.files(kind) {
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
}
