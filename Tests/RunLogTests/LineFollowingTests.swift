import RunLog
import TestSupport
import Testing

/// A file that grows: lines, their numbers, and what is not a whole line yet.
struct LineFollowingTests {
  /// A small file with everything that makes framing hard: a byte order mark, carriage returns, blank lines, a torn
  /// line glued to a fresh one, an object that lacks its newline, garbage, characters of several bytes, no newline at
  /// the end.
  static let difficult =
    "\u{FEFF}{\"event\":\"run\",\"name\":\"größe\"}\r\n\r\n{\"step\":0,\"loss\":2.5}\n"
    + "{\"step\":1,\"kl\": 5.{\"step\": 2, \"a\":{\"b\":[{}],\"c\":1}}\n\n???\n"
    + "{\"step\":3}{\"step\":4,\"loss\":NaN}\n{\"step\":5,\"note\":\"}\"}"

  static let expected = [
    "1 run größe", "3 step 0 loss=2.5", "4 rejected: torn line joined to the next",
    "0 unused a/b: a list", "4 step 2 a/c=1.0",
    "6 rejected: not JSON", "7 step 3", "7 step 4 loss=nan", "8 step 5",
  ]

  @Test func `A whole file gives its records, rejections and line numbers`() {
    let all = transcript(of: Self.difficult)
    #expect(all.entries == Self.expected)
    #expect(all.status.lines == 8)
    #expect(all.texts == ["note=}"])
    #expect(all.status.source == .upToDate)
    #expect(all.status.bytesRead == all.status.bytesTotal)
  }

  @Test func `Every split into two appends gives the same`() {
    let bytes = Array(Self.difficult.utf8)
    let whole = transcript(of: bytes)
    for split in 0...bytes.count {
      var reading = Reading()
      for part in [bytes[..<split], bytes[split...]] {
        reading.files.append(Reading.path, part)
        reading.readOn()
      }
      #expect(reading.transcript == whole, "split at \(split)")
    }
  }

  @Test func `Every split of a shorter file into three appends gives the same`() {
    let bytes = Array(
      "{\"step\":1,\"a\":2}\r\n{\"step\":2,\"a\":{\"step\":3,\"a\":4}\n{\"step\":4}{\"step\":5,\"a\":6}".utf8)
    let whole = transcript(of: bytes)
    #expect(
      whole.entries == [
        "1 step 1 a=2.0", "2 rejected: torn line joined to the next", "2 step 3 a=4.0", "3 step 4",
        "3 step 5 a=6.0",
      ])
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var reading = Reading()
        for part in [bytes[..<first], bytes[first..<second], bytes[second...]] {
          reading.files.append(Reading.path, part)
          reading.readOn()
        }
        #expect(reading.transcript == whole, "splits at \(first) and \(second)")
      }
    }
  }

  @Test func `An incomplete final line is neither counted nor rejected`() {
    var reading = Reading()
    reading.append("{\"step\":1,\"loss\":2}\n{\"step\":2,\"lo")
    #expect(reading.entries == ["1 step 1 loss=2.0"])
    #expect(reading.status.lines == 1)
    reading.append("ss\":3}\n")
    #expect(reading.entries == ["1 step 1 loss=2.0", "2 step 2 loss=3.0"])
    #expect(reading.status.lines == 2)
  }

  @Test func `A whole final line counts before its newline, and only once`() {
    var reading = Reading()
    reading.append("{\"step\":1,\"loss\":2}")
    #expect(reading.entries == ["1 step 1 loss=2.0"])
    #expect(reading.status.lines == 1)
    reading.append("\r\n")
    reading.append("{\"step\":2,\"loss\":3}\n")
    #expect(reading.entries == ["1 step 1 loss=2.0", "2 step 2 loss=3.0"])
    #expect(reading.status.lines == 2)
  }

  @Test func `Garbage behind a final line that was a record already is rejected, the record stays`() {
    var reading = Reading()
    reading.append("{\"step\":1,\"loss\":2}")
    reading.append(" oops\n{\"step\":2}\n")
    #expect(reading.entries == ["1 step 1 loss=2.0", "1 rejected: not JSON", "2 step 2"])
    #expect(reading.status.lines == 2)
  }

  @Test func `Garbage behind an object rejects the line`() {
    #expect(transcript(of: "{\"step\":1} oops\n").entries.count == 1)
    #expect(transcript(of: "{\"step\":1} oops\n").entries.first?.hasPrefix("1 rejected") == true)
  }

  @Test func `Two objects without a newline between them are two records of one line`() {
    let both = transcript(of: "{\"step\":1}\n{\"step\":2,\"a\":1} {\"step\":3,\"a\":2}\n{\"step\":4}\n")
    #expect(both.entries == ["1 step 1", "2 step 2 a=1.0", "2 step 3 a=2.0", "3 step 4"])
    #expect(both.status.lines == 3)
  }

  @Test(arguments: [
    ("{\"step\":92,\"kl\": 5.{\"step\": 0, \"kl\":1}", ["torn line joined to the next"], 1),
    ("{\"step\":92,\"text\":\"abc{\"step\":0,\"kl\":1}", ["torn line joined to the next"], 1),
    ("{\"ste{\"step\":0,\"kl\":1}", ["torn line joined to the next"], 1),
    ("\0\0\0\0{\"step\":0,\"kl\":1}", [], 1),
    ("{\"step\":92,\"kl\": 5.{ \"step\": 0, \"kl\":1}", ["torn line joined to the next"], 1),
    ("{\"step\":9{\"step\":92,\"k{\"step\":0,\"kl\":1}", ["torn line joined to the next"], 1),
    // The fresh half starts with another key than the file's other lines: it may be part of the torn one.
    ("{\"step\":92,\"kl\": 5.{\"kl\":1}", ["malformed number"], 0),
    ("{\"step\":92,\"kl\": 5.{\"step\": 0, \"kl\":", ["incomplete, or more than one object"], 0),
  ])
  func `A torn line joined to the next loses only the torn half`(
    line: String, reasons: [String], records: Int
  ) {
    let all = transcript(of: "{\"step\":90,\"kl\":1}\n" + line + "\n{\"step\":1,\"kl\":2}\n").entries
    #expect(all.first == "1 step 90 kl=1.0")
    #expect(all.filter { $0.hasPrefix("2 rejected") } == reasons.map { "2 rejected: " + $0 })
    #expect(all.filter { $0.hasPrefix("2 step") } == Array(repeating: "2 step 0 kl=1.0", count: records))
    #expect(all.last == "3 step 1 kl=2.0")
  }

  @Test func `A torn first line joined to the next is found by its own first key`() {
    let all = transcript(of: "{\"step\":92,\"kl\": 5.{\"step\": 0, \"kl\":1}\n{\"step\":1,\"kl\":2}\n")
      .entries
    #expect(all == ["1 rejected: torn line joined to the next", "1 step 0 kl=1.0", "2 step 1 kl=2.0"])
  }
}
