import CellCanvas
import Foundation
import Testing

@testable import Dashboard

/// What the README says about the screen is what the program does.
struct ReadmeTests {
  private static let text: String = {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../README.md")
      .standardizedFileURL
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }()

  @Test func `Every key of the table stands in the README with what it does`() {
    for binding in KeyTable.standard.bindings
    where !binding.help.hasPrefix("focus ") || binding.keys == [.tab] {
      let keys = binding.keys.map { "`\($0.label)`" }.joined(separator: " ")
      #expect(Self.text.contains("| \(keys) | \(binding.help)"), "\(keys) \(binding.help)")
    }
  }

  @Test func `The number keys focus the panels in the order the README names them`() {
    let panels = Panel.allCases.map(\.title).joined(separator: ", ")
    #expect(Self.text.contains("| `1` … `\(Panel.allCases.count)` | focus \(panels) |"))
  }
}
