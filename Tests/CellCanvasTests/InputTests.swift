import CellCanvas
import Testing

@Suite struct InputTests {
  @Test(arguments: [
    (Key.character("q"), "q"), (.character(" "), "space"), (.control("l"), "^L"), (.function(12), "F12"),
    (.up, "Up"),
    (.down, "Down"), (.left, "Left"), (.right, "Right"), (.home, "Home"), (.end, "End"), (.pageUp, "PgUp"),
    (.pageDown, "PgDn"), (.tab, "Tab"), (.backtab, "S-Tab"), (.enter, "Enter"), (.escape, "Esc"),
    (.backspace, "Bksp"), (.delete, "Del"),
  ])
  func `A key has a label for hints and help`(key: Key, label: String) {
    #expect(key.label == label)
  }

  @Test func `Rectangles meet in a rectangle or not at all`() {
    let rect = CellRect(x: 1, y: 1, columns: 4, rows: 3)
    #expect(
      rect.intersection(CellRect(x: 3, y: 0, columns: 9, rows: 3))
        == CellRect(x: 3, y: 1, columns: 2, rows: 2))
    #expect(rect.intersection(CellRect(x: 5, y: 1, columns: 1, rows: 1)).isEmpty)
    #expect(rect.intersection(rect) == rect)
  }
}
