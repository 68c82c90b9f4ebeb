import RunLog
import TestSupport
import Testing

/// Lines that are like an earlier one are read without the parser: they say what it would have said.
struct LineTemplateTests {
  /// A log of a few kinds of lines, with now and then something that no kind has.
  private static func lines(_ count: Int, seed: UInt64) -> [String] {
    var random = SplitMix(seed: seed)
    return (0..<count).map { line in
      let value = { random.number() }
      switch random.below(12) {
      case 0..<6:
        return
          "{\"step\":\(line),\"time\":\(1_760_000_000 + line).5,\"mode\":\"train\",\"grad_enabled\":true,"
          + "\"loss\":\(value()),\"n\":{\"lr\":\(value()),\"kl\": \(value())},\"note\":\"\(random.text())\"}"
      case 6..<9:
        return
          "{\"step\":\(line),\"mode\":\"eval\",\"set\":\"old\",\"accuracy\":\(value()),\"kl\":\(value())}"
      case 9: return "{\"step\":\(line),\"loss\":\(value()),\"loss\":\(value())}"
      case 10: return "{\"step\":\(line),\"loss\":\(value()),\"list\":[1,2],\"done\":null}"
      default: return "{\"loss\":\(value())"
      }
    }
  }

  private static func entries(of lines: [String]) -> [String] {
    let transcript = transcript(of: lines.joined(separator: "\n") + "\n")
    return transcript.entries + transcript.texts + transcript.keys
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `A log reads the same however its lines are spaced`(seed: UInt64) {
    let lines = Self.lines(600, seed: seed)
    // Blanks behind the brace, other ones in each line, so that none is like one of the last ones.
    let spaced = lines.enumerated().map { index, line in
      "{" + String(repeating: " ", count: 1 + index % 13) + line.dropFirst()
    }
    #expect(Self.entries(of: lines) == Self.entries(of: spaced))
  }

  @Test func `A number is the float64 nearest to what is written in the tenth line too`() {
    var random = SplitMix(seed: 9)
    let values = (0..<3000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    let read = batch(of: values.map { "{\"a\":\($0)}" }.joined(separator: "\n"))
    #expect(Array(read.numbers) == values)
  }

  @Test(
    arguments: ["01", "1.", ".5", "1e", "+1", "0x1", "1 2", "--1", "1.2.3", "1e5.0"])
  func `What is no number is none behind lines that have one there`(written: String) {
    let good = "{\"step\":1,\"loss\":1.5}"
    let read = batch(of: [good, good, "{\"step\":1,\"loss\":\(written)}", good].joined(separator: "\n"))
    #expect(read.records.map(\.line) == [1, 2, 4])
    #expect(read.notices.count == 1)
  }
}

extension SplitMix {
  /// A number as a log may write it.
  fileprivate mutating func number() -> String {
    let value = Double(below(1 << 30)) / Double(1 << 20)
    switch below(9) {
    case 0: return "\(below(1000))"
    case 1: return "-\(value)"
    case 2: return "\(value)e-\(below(300))"
    case 3: return "0.\(String(repeating: "0", count: below(25)))\(below(1_000_000))1"
    case 4: return below(4) == 0 ? "NaN" : "\(value)E+\(below(20))"
    case 5: return "\(next())"
    case 6: return "\(next())\(below(100))"
    default: return "\(Double(next() >> 11) / Double(1 << 53))"
    }
  }

  fileprivate mutating func text() -> String {
    ["plain", "", "two words", "löss", "a\\nb", "\\u00e9", "12:30"][below(7)]
  }
}
