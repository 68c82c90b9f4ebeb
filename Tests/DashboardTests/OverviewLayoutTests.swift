import CellCanvas
import Testing

@testable import Dashboard

/// The overview and what is around it.
private struct OverviewScreen {
  var screen: ScreenLayout
  var overview: OverviewLayout

  init(size: CellSize, isReplay: Bool, maximised: Panel?, focus: Panel? = nil, findings: Int) {
    screen = ScreenLayout(size: size, isReplay: isReplay)
    overview = OverviewLayout(body: screen.body, maximised: maximised, focus: focus, findings: findings)
  }

  var header: CellRect { screen.header }
  var hints: CellRect { screen.hints }
  var transport: CellRect { screen.transport }
  var panels: [Panel: CellRect] { overview.panels }
  var isList: Bool { overview.isList }
}

struct OverviewLayoutTests {
  private static let sizes =
    (1...60).flatMap { columns in (1...30).map { CellSize(columns: columns, rows: $0) } }
    + [(80, 24), (120, 36), (200, 60), (300, 100)].map { CellSize(columns: $0, rows: $1) }

  @Test(arguments: [false, true], [nil] + Panel.allCases.map(Optional.some))
  func `Panels lie on the screen beside each other`(isReplay: Bool, maximised: Panel?) {
    for size in Self.sizes {
      for findings in [0, 1, 9] {
        let layout = OverviewScreen(
          size: size, isReplay: isReplay, maximised: maximised, focus: maximised ?? .loss, findings: findings)
        if let fault = fault(of: layout, size: size) {
          Issue.record("\(size.columns)x\(size.rows), \(findings) findings: \(fault)")
        }
      }
    }
  }

  /// What is wrong with a layout.
  private func fault(of layout: OverviewScreen, size: CellSize) -> String? {
    let screen = CellRect(size)
    let fixed = [("header", layout.header), ("hints", layout.hints), ("transport", layout.transport)]
    let parts = fixed + layout.panels.map { ($0.key.title, $0.value) }
    let filled = parts.filter { !$0.1.isEmpty }
    for (name, rect) in filled
    where rect.x < 0 || rect.y < 0 || rect.maxX > screen.maxX || rect.maxY > screen.maxY {
      return "\(name) \(rect) is off the screen"
    }
    for (index, (name, rect)) in filled.enumerated() {
      for (other, otherRect) in filled[(index + 1)...] where overlap(rect, otherRect) {
        return "\(name) \(rect) and \(other) \(otherRect) overlap"
      }
    }
    return nil
  }

  private func overlap(_ left: CellRect, _ right: CellRect) -> Bool {
    left.x < right.maxX && right.x < left.maxX && left.y < right.maxY && right.y < left.maxY
  }

  @Test func `From 20x5 up there is a header, with eight rows hints and a replay's position`() {
    for size in Self.sizes where size.columns >= 20 && size.rows >= 5 {
      for isReplay in [false, true] {
        let layout = OverviewScreen(size: size, isReplay: isReplay, maximised: nil, findings: 0)
        #expect(!layout.header.isEmpty)
        #expect(layout.hints.rows == (size.rows >= 8 ? 1 : 0))
        #expect(layout.transport.rows == (isReplay && size.rows >= 8 ? 1 : 0))
        #expect(layout.panels[.findings]?.isEmpty == false)
        #expect(layout.isList || layout.panels.count > 1)
      }
    }
  }

  @Test(arguments: [(80, 24), (120, 36), (200, 60), (300, 100)])
  func `All panels are there at usual sizes`(columns: Int, rows: Int) {
    let layout = OverviewScreen(
      size: CellSize(columns: columns, rows: rows), isReplay: false, maximised: nil, findings: 0)
    #expect(Set(layout.panels.keys) == Set(Panel.allCases))
    #expect(!layout.isList)
  }

  @Test func `Panels cover the screen without a gap`() {
    for size in Self.sizes where size.columns >= 30 && size.rows >= 12 {
      let layout = OverviewScreen(size: size, isReplay: true, maximised: nil, findings: 2)
      let parts = [layout.header, layout.hints, layout.transport] + layout.panels.values
      let cells = parts.reduce(0) { $0 + $1.columns * $1.rows }
      #expect(cells == size.columns * size.rows, "\(size)")
    }
  }

  @Test func `A panel with the focus is on the screen wherever there are panels`() {
    for size in Self.sizes where size.columns >= 20 && size.rows >= 5 {
      for panel in Panel.allCases {
        let layout = OverviewScreen(size: size, isReplay: false, maximised: nil, focus: panel, findings: 0)
        if !layout.isList { #expect(layout.panels[panel]?.isEmpty == false, "\(panel) at \(size)") }
      }
    }
  }

  @Test(arguments: Panel.allCases)
  func `A maximised panel has everything between header and hints`(panel: Panel) {
    let layout = OverviewScreen(
      size: CellSize(columns: 80, rows: 24), isReplay: true, maximised: panel, findings: 5)
    #expect(layout.panels == [panel: CellRect(x: 0, y: 2, columns: 80, rows: 20)])
  }

  @Test func `More findings get more rows, but never those of the charts`() {
    let rows = (0...20).map { count in
      OverviewScreen(
        size: CellSize(columns: 120, rows: 36), isReplay: false, maximised: nil, findings: count
      )
      .panels[.findings]?.rows
    }
    #expect(rows == [1, 1, 2] + Array(repeating: 3, count: 18))
  }
}
