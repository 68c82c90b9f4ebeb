import CellCanvas
import Foundation
import Glibc
import Testing

@testable import NcursesTerminal

@Suite struct TerminalPartsTests {
  @Test func `Padding is left out of a terminal's strings`() {
    #expect(RestoreSequence.withoutPadding(Array("a$<5/>b$<20*>$c<".utf8)) == Array("ab$c<".utf8))
    #expect(RestoreSequence.withoutPadding(Array("$<".utf8)) == Array("$<".utf8))
  }

  @Test func `The most pressing signal comes first and each comes once`() {
    var pending = PendingSignals()
    #expect(pending.next() == nil)
    pending.insert([.resize, .resumed])
    #expect(!pending.asksToQuit)
    pending.insert([.interrupt, .terminate])
    #expect(pending.asksToQuit)
    var actions: [PendingSignals.Action] = []
    while let action = pending.next() { actions.append(action) }
    #expect(actions == [.quit(.terminate), .quit(.interrupt), .resumed, .resize])
  }

  @Test func `Two presses in one place within the interval are a double click`() {
    var clicks = ClickCounter()
    #expect(clicks.press(x: 1, y: 1, button: 1, time: 10) == .press)
    #expect(clicks.press(x: 1, y: 1, button: 1, time: 10.3) == .doubleClick)
    #expect(clicks.press(x: 1, y: 1, button: 1, time: 10.5) == .press)
    #expect(clicks.press(x: 2, y: 1, button: 1, time: 10.6) == .press)
    #expect(clicks.press(x: 2, y: 1, button: 3, time: 10.7) == .press)
    #expect(clicks.press(x: 2, y: 1, button: 3, time: 11.2) == .press)
  }

  @Test func `Widths are those of the C library`() {
    setlocale(LC_CTYPE, "C.UTF-8")
    // Scalars whose width changed between versions of Unicode: ours is glibc's until 2.41.
    let disputed: [ClosedRange<UInt32>] = [
      0x2630...0x2637, 0x268A...0x268F, 0x31E4...0x31E5, 0x2FF0...0x2FFF, 0x3248...0x324F, 0x4DC0...0x4DFF,
      0x1D300...0x1D376, 0x1171E...0x1171E,
    ]
    var different: [String] = []
    for value in UInt32(0x20)...0x3FFFF where !disputed.contains(where: { $0.contains(value) }) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(scalar)
      guard Array(Printable.text(text).unicodeScalars) == [scalar] else { continue }
      let width = CellWriter.width(value)
      // -1: a scalar younger than the library.
      if width >= 0, width != DisplayWidth.of(text) { different.append(String(value, radix: 16)) }
    }
    #expect(different.isEmpty)
  }

  @Test func `Errors say what to do`() {
    let errors: [TerminalError] = [
      .outputIsNotATerminal, .noKeyboard, .unnamedTerminal, .unsuitableTerminal(name: "unknown"),
      .unsuitableTerminal(name: "dumb"), .alreadyOpen, .system(errno: ENOTTY),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect(TerminalError.unsuitableTerminal(name: "unknown").description.contains("'unknown'"))
    #expect(TerminalError.system(errno: ENOTTY).description.contains("ioctl"))
  }

  @Test func `A description that is cut off or of another kind is left alone`() throws {
    let file = try #require(FileManager.default.contents(atPath: try Self.pathOfXterm()))
    let whole = Array(file)
    for count in 0..<whole.count {
      _ = CompiledDescription(Array(whole[..<count]))?.withDirectColors()
    }
    #expect(CompiledDescription(Array(whole[..<100])) == nil)
    #expect(CompiledDescription([0] + whole) == nil)
    #expect(CompiledDescription(whole)?.withDirectColors() != nil)
  }

  private static func pathOfXterm() throws -> String {
    let folders = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"]
    return try #require(
      folders.map { $0 + "/x/xterm" }.first { FileManager.default.fileExists(atPath: $0) })
  }
}
