import CellCanvas
import TestSupport
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

  @Test func `Nothing is ever wider than there is room, and more room never says less`() {
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

struct TextWrapTests {
  @Test func `Lines break at spaces and never at more columns than there are`() {
    #expect(TextWrap.lines("one two three", columns: 7) == ["one two", "three"])
    #expect(TextWrap.lines("one two three", columns: 13) == ["one two three"])
    #expect(TextWrap.lines("one two three", columns: 3) == ["one", "two", "three"])
  }

  @Test func `Width counts, not characters`() {
    #expect(TextWrap.lines("日本 語", columns: 5) == ["日本", "語"])
    #expect(TextWrap.lines("日本 語", columns: 7) == ["日本 語"])
  }

  @Test func `A word that is too long stands alone`() {
    #expect(TextWrap.lines("a incomprehensible b", columns: 5) == ["a", "incomprehensible", "b"])
    #expect(TextWrap.lines("", columns: 5) == [])
    #expect(TextWrap.lines("a b", columns: 0) == ["a", "b"])
  }

  @Test func `No word is lost and lines are as full as they can be`() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<300 {
      let words = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        String(repeating: "x", count: Int.random(in: 1...9, using: &random))
      }
      let columns = Int.random(in: 9...30, using: &random)
      let lines = TextWrap.lines(words.joined(separator: " "), columns: columns)
      #expect(lines.joined(separator: " ").split(separator: " ").map(String.init) == words)
      #expect(lines.allSatisfy { $0.count <= columns })
      for (line, next) in zip(lines, lines.dropFirst()) {
        let first = next.prefix { $0 != " " }
        #expect(line.count + 1 + first.count > columns)
      }
    }
  }
}

struct MetricLabelTests {
  @Test(arguments: [
    ("loss", "fine-tune"), ("total_loss", "total"), ("eval/old/loss", "eval old"), ("eval/loss", "eval"),
  ])
  func `What a loss is of`(key: String, label: String) {
    #expect(MetricLabel.loss(key) == label)
  }

  @Test(arguments: [
    ("eval/old/accuracy", "old accuracy"), ("eval/old_acc", "old accuracy"), ("test/new.acc", "new accuracy"),
    ("eval/accuracy", "accuracy"),
  ])
  func `What an evaluation measures`(key: String, label: String) {
    #expect(MetricLabel.retention(key) == label)
  }

  @Test func `A word that is said elsewhere is left out unless it is all`() {
    #expect(MetricLabel.without("accuracy", "old accuracy") == "old")
    #expect(MetricLabel.without("accuracy", "accuracy") == "accuracy")
  }
}
