import CellCanvas
import Testing

@Suite struct KeyLabelTests {
  private static let keys: [Key] =
    [
      .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backtab, .enter, .escape, .backspace,
      .delete, .function(1), .function(12), .control("c"), .control("\\"), .character("^"), .character("é"),
    ] + " !09AZaz~".map { .character($0) }

  @Test(arguments: keys)
  func `A label is read back to its key`(key: Key) {
    #expect(Key(label: key.label) == key)
  }

  @Test func `The case of names does not matter, that of letters does`() {
    #expect(Key(label: "pgup") == .pageUp && Key(label: "SPACE") == .character(" "))
    #expect(Key(label: "^C") == .control("c") && Key(label: "f5") == .function(5))
    #expect(Key(label: "Q") == .character("Q") && Key(label: "F") == .character("F"))
  }

  @Test(arguments: ["", "qq", "^ab", "F0", "F64", "F-1", "ctrl-c"])
  func `Other texts are no keys`(label: String) {
    #expect(Key(label: label) == nil)
  }
}
