package import CellCanvas
package import Foundation
package import Testing

/// Expects a grid to be as it was recorded, text and styles, in the file `NAME.txt` of a directory.
///
/// With `KLTOP_RECORD=1` in the environment the file is written, and the expectation fails all the same: a frame counts
/// once somebody has looked at it. Where it fails the actual frame is attached.
package func expectGolden(
  _ grid: CellGrid, named name: String, in directory: URL, sourceLocation: SourceLocation = #_sourceLocation
) {
  let golden = Golden(file: directory.appendingPathComponent(name + ".txt"), isRecording: isRecordingGoldens)
  guard let complaint = golden.complaint(about: goldenText(grid)) else { return }
  Attachment.record(goldenText(grid), named: name + ".actual.txt", sourceLocation: sourceLocation)
  Issue.record("\(name): \(complaint)", sourceLocation: sourceLocation)
}

/// True where `KLTOP_RECORD=1` asks for expected texts to be written anew.
package var isRecordingGoldens: Bool { ProcessInfo.processInfo.environment["KLTOP_RECORD"] == "1" }

/// A frame as a golden file holds it: size, text in a border, styles.
package func goldenText(_ grid: CellGrid) -> String {
  """
  \(grid.size.columns)x\(grid.size.rows)
  \(framed(FrameText.plain(grid), rows: grid.size.rows, columns: grid.size.columns))
  styles
  \(styleText(grid))

  """
}

/// A file with an expected text.
package struct Golden {
  let file: URL
  let isRecording: Bool

  package init(file: URL, isRecording: Bool) {
    self.file = file
    self.isRecording = isRecording
  }

  /// What is wrong with a text, `nil` if it is as recorded.
  package func complaint(about actual: String) -> String? {
    if isRecording {
      do {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(actual.utf8).write(to: file)
        return "recorded \(file.path): look at it, then run again without KLTOP_RECORD"
      } catch {
        return "cannot record \(file.path): \(error)"
      }
    }
    guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
      return "there is no \(file.path): KLTOP_RECORD=1 records it"
    }
    return FrameDifference(actual: actual, expected: expected)?.message
  }
}
