import CellCanvas
import TestSupport
import Testing

@testable import Dashboard

/// What the manual says about the keys is what the program does.
struct KeysDocumentTests {
  @Test func `The manual's table of keys is the table that the program goes by`() throws {
    try expectTable(Self.table, named: "keys", in: "Keys.md")
  }

  private static var table: String {
    let groups = KeyBinding.Group.allCases.map { group in
      let bindings = KeyTable.standard.bindings.filter { $0.group == group }
      return (["| **\(group.rawValue)** | | |"] + bindings.map(row)).joined(separator: "\n")
    }
    return (["| keys | do | action |", "| --- | --- | --- |"] + groups).joined(separator: "\n")
  }

  private static func row(_ binding: KeyBinding) -> String {
    let keys = binding.keys.map { "`\($0.label)`" }.joined(separator: " ").replacing("|", with: "\\|")
    return "| \(keys) | \(binding.help)\(place(of: binding)) | `\(binding.name)` |"
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
