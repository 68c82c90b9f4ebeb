import Testing

@testable import Dashboard

struct FlexibleTextTests {
  private func text(_ variants: String...) -> FlexibleText {
    FlexibleText(variants.map { $0.isEmpty ? [] : [TextRun($0)] })
  }

  private func line(
    _ texts: [FlexibleText], _ columns: Int, givingWay: FlexibleText.GivingWay = .widest
  ) -> String {
    FlexibleText.line(texts, in: columns, gap: 1, givingWay: givingWay).map(\.text).joined()
  }

  @Test func `What fits is said at length`() {
    #expect(line([text("alpha", "a"), text("beta", "b")], 10) == "alpha beta")
  }

  @Test func `The widest gives way first, among equals the last`() {
    #expect(line([text("alpha", "a"), text("beta", "b")], 9) == "a beta")
    #expect(line([text("left", "l"), text("here", "h")], 8) == "left h")
  }

  @Test func `The least shortened gives way first, among equals the last`() {
    let texts = [text("alphabet", "alpha", "a"), text("beta", "be", "b")]
    #expect(line(texts, 12, givingWay: .leastShortened) == "alphabet be")
    #expect(line(texts, 10, givingWay: .leastShortened) == "alpha be")
    #expect(line(texts, 7, givingWay: .leastShortened) == "alpha b")
  }

  @Test func `A text that may vanish leaves no gap`() {
    #expect(line([text("alpha"), text("long", ""), text("beta")], 10) == "alpha beta")
  }

  @Test func `What does not fit even when short is left out from the end`() {
    #expect(line([text("alpha", "al"), text("beta", "be"), text("gamma", "ga")], 5) == "al be")
    #expect(line([text("alpha", "al"), text("beta", "be")], 1) == "al", "the first is cut where it is drawn")
    #expect(line([], 10) == "")
  }

  @Test func `Nothing is ever wider than there is room`() {
    let texts = [
      text("alphabet", "alpha", "a", ""), text("betamax", "beta", "b", ""), text("gamma", "g", ""),
      text("日本語", "日", ""),
    ]
    for givingWay in [FlexibleText.GivingWay.widest, .leastShortened] {
      for columns in 0...40 {
        let runs = FlexibleText.line(texts, in: columns, gap: 2, givingWay: givingWay)
        #expect(runs.columns <= columns)
      }
    }
  }
}
