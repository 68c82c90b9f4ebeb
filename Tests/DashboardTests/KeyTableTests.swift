import CellCanvas
import TestSupport
import Testing

@testable import Dashboard

struct KeyTableTests {
  private let table = KeyTable.standard

  private func available(_ inReplay: Bool, on page: Page = .overview) -> [KeyBinding] {
    table.available(on: page, inReplay: inReplay)
  }

  @Test(arguments: [false, true], Page.allCases)
  func `Every key means one thing`(inReplay: Bool, page: Page) {
    var seen: [Key: String] = [:]
    for binding in available(inReplay, on: page) {
      for key in binding.keys {
        #expect(seen[key] == nil, "\(key.label) also means: \(seen[key] ?? "")")
        seen[key] = binding.help
        #expect(table.binding(for: key, on: page, inReplay: inReplay)?.name == binding.name)
      }
    }
  }

  @Test func `Every key has a name and every row says what it does`() {
    for binding in table.bindings {
      #expect(!binding.keys.isEmpty && binding.keys.allSatisfy { !$0.label.isEmpty })
      #expect(!binding.help.isEmpty)
      #expect(binding.hint != "")
      #expect(!binding.pages.isEmpty)
    }
    #expect(Set(table.bindings.map(\.name)).count == table.bindings.count)
  }

  @Test(arguments: [" ", "[", "]", .pageDown, .home, .end, "g", "G"] as [Key])
  func `Keys of a replay`(key: Key) {
    #expect(table.binding(for: key, on: .overview, inReplay: true)?.availability == .replay)
    #expect(table.binding(for: key, on: .overview, inReplay: false)?.availability != .replay)
  }

  @Test(
    arguments: [
      "q", "?", .escape, .tab, .backtab, .enter, .up, .down, .left, .right, "h", "j", "k", "l", "n", "p", "w",
      "<", ">",
      "s", "S", "L", "d", "b", "+", "-", "0", " ", "1", "2", "3", "4", "5", "6",
    ] as [Key])
  func `Keys that every run knows`(key: Key) {
    #expect(table.binding(for: key, on: .overview, inReplay: false) != nil)
    #expect(table.binding(for: key, on: .overview, inReplay: true) != nil)
  }

  @Test(arguments: [false, true], [(200, 60), (120, 36), (80, 24), (60, 15), (40, 12), (24, 8)])
  func `Help loses no key on any screen`(inReplay: Bool, size: (Int, Int)) {
    var screen = Screen(.everything(), replayAt: inReplay ? 5 : nil, columns: size.0, rows: size.1)
    screen.press("?")
    var words: Set<Substring> = []
    var before: CellGrid?
    while screen.frame != before {
      before = screen.frame
      for row in screen.rows { words.formUnion(row.split { $0 == " " || $0 == "│" }) }
      screen.press("j")
    }
    for binding in available(inReplay) {
      for key in binding.keys { #expect(words.contains(Substring(key.label)), "\(key.label) at \(size)") }
      for word in binding.help.split(separator: " ") { #expect(words.contains(word), "\(word) at \(size)") }
    }
  }

  @Test func `Help says how much is hidden`() {
    var screen = Screen(.everything(), columns: 80, rows: 12)
    screen.press("?")
    let hidden = Int(screen.rows[11].split(separator: " ").drop { $0 != "↓" }.dropFirst().first ?? "") ?? 0
    #expect(hidden > 0)
    #expect(screen.rows[11].contains("j ↓ \(hidden)  k ↑ 0"))
    screen.press("j")
    #expect(screen.rows[11].contains("j ↓ \(hidden - 1)  k ↑ 1"))
    for _ in 0..<400 { screen.press("j") }
    #expect(screen.rows[11].contains("j ↓ 0  k ↑ \(hidden)"))
    #expect(screen.text.contains("move the crosshair"))
  }

  @Test(arguments: [false, true])
  func `Hints are whole words of the table, what time does among the first`(inReplay: Bool) {
    for columns in stride(from: 20, through: 260, by: 5) {
      let screen = Screen(.everything(), replayAt: inReplay ? 5 : nil, columns: columns, rows: 24)
      let words = screen.rows[23].split(separator: " ").map(String.init)
      let pairs = stride(from: 0, to: words.count - 1, by: 2).map { [words[$0], words[$0 + 1]] }
      let table = available(inReplay).compactMap { binding in
        binding.hint.map { [binding.keys[0].label, $0] }
      }
      #expect(words.count.isMultiple(of: 2))
      #expect(pairs.allSatisfy { table.contains($0) }, "\(words)")
      if columns >= 50 { #expect(pairs.contains(["space", inReplay ? "play" : "pause"])) }
      if columns >= 255 { #expect(pairs.count == table.count) }
    }
  }
}
