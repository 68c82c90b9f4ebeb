import CellCanvas
import Foundation
import TestSupport
import Testing

@Suite struct FrameExpectationTests {
  private var grid: CellGrid {
    var grid = CellGrid(size: CellSize(columns: 6, rows: 2))
    grid.write("a日b", x: 0, y: 0, style: Style(.title, bold: true))
    grid.write("c", x: 5, y: 1, style: Style(.faint))
    return grid
  }

  @Test func `A frame that differs fails and shows where`() {
    let message = """
      rows differ
      row 0 is       |a日b|
            expected |a日c|
                         ^
      the frame:
      +------+
      |a日b  |
      |     c|
      +------+
      """
    withKnownIssue {
      expect(grid, looksLike: "a日c\n     c")
    } matching: { issue in
      issue.comments.map(\.rawValue) == [message]
    }
  }

  @Test func `A golden text has size, frame and styles`() {
    #expect(
      goldenText(grid) == """
        6x2
        +------+
        |a日b  |
        |     c|
        +------+
        styles
        0: 0-3 title bold
        1: 5-5 faint

        """)
  }

  @Test func `A golden fails when it is missing, when it was just recorded and when it differs`() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appendingPathComponent("frame.txt")
    let golden = Golden(file: file, isRecording: false)
    #expect(try #require(golden.complaint(about: "a\n")).hasPrefix("there is no"))
    #expect(try #require(Golden(file: file, isRecording: true).complaint(about: "a\n")).hasPrefix("recorded"))
    #expect(golden.complaint(about: "a\n") == nil)
    #expect(try #require(golden.complaint(about: "b\n")).contains("row 0"))
  }
}
