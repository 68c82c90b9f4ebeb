import CellCanvas
import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// What the README says about the screen is what the program does.
struct ReadmeTests {
  private static let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../README.md")
    .standardizedFileURL

  /// The lines around the table that is made here.
  private static let begin = "<!-- keys, made by the tests: begin -->"
  private static let end = "<!-- keys: end -->"

  @Test func `The table of keys in the README is the table that the program goes by`() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let begin = try #require(text.range(of: Self.begin))
    let end = try #require(text.range(of: Self.end))
    let wanted = "\n" + Self.table + "\n"
    let found = String(text[begin.upperBound..<end.lowerBound])
    #expect(found == wanted, "KLTOP_RECORD=1 writes it anew")
    guard found != wanted, isRecordingGoldens else { return }
    try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: wanted)
      .write(to: Self.file, atomically: true, encoding: .utf8)
  }

  private static var table: String {
    let groups = KeyBinding.Group.allCases.map { group in
      let bindings = KeyTable.standard.bindings.filter { $0.group == group }
      return (["| **\(group.rawValue)** | |"] + bindings.map(row)).joined(separator: "\n")
    }
    return (["| keys | do |", "| --- | --- |"] + groups).joined(separator: "\n")
  }

  private static func row(_ binding: KeyBinding) -> String {
    let keys = binding.keys.map { "`\($0.label)`" }.joined(separator: " ").replacing("|", with: "\\|")
    return "| \(keys) | \(binding.help)\(place(of: binding)) |"
  }

  /// Where a key means this, where that is not everywhere.
  private static func place(of binding: KeyBinding) -> String {
    let pages = Page.allCases.filter(binding.pages.contains).map(\.title)
    var words = pages.count == Page.allCases.count ? [] : [pages.joined(separator: ", ")]
    switch binding.availability {
    case .always: break
    case .live: words.append("live")
    case .replay: words.append("replay")
    }
    return words.isEmpty ? "" : " (\(words.joined(separator: "; ")))"
  }
}
