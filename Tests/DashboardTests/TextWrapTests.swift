import TestSupport
import Testing

@testable import Dashboard

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
