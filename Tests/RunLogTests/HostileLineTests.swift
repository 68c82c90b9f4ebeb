import RunLog
import TestSupport
import Testing

/// Lines that are no records: counted, rejected with a reason, and without harm to their neighbours.
struct HostileLineTests {
  private static func nested(_ depth: Int) -> String {
    "{\"step\":1,\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
  }

  private static func objects(_ depth: Int) -> String {
    String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
  }

  @Test(arguments: [
    ("[1,2,3]", "not an object"),
    ("[1,{\"step\":2}]", "not an object"),
    ("12", "not an object"),
    ("\"text\"", "not an object"),
    ("null", "not an object"),
    ("true", "not an object"),
    ("NaN", "not an object"),
    ("-Infinity", "not an object"),
    ("hello", "not JSON"),
    ("nothing", "not JSON"),
    ("[1,2", "not JSON"),
    ("{'step': 1}", "not valid JSON"),
    ("{\"step\":1", "incomplete, or more than one object"),
    ("{\"step\":1,\"a\":\"b}", "incomplete, or more than one object"),
    ("{\"step\":1,\"a\":{\"b\":1}", "not valid JSON"),
    ("{\"step\":1,}", "not valid JSON"),
    ("{\"step\" 1}", "not valid JSON"),
    ("{\"step\":1 \"a\":2}", "not valid JSON"),
    ("{\"step\":1}}", "not valid JSON"),
    ("{\"step\":1,\"a\":tru}", "not valid JSON"),
    ("{\"step\":1,\"a\":01}", "malformed number"),
    ("{\"step\":1,\"a\":1.}", "malformed number"),
    ("{\"step\":1,\"a\":.5}", "malformed number"),
    ("{\"step\":1,\"a\":+5}", "malformed number"),
    ("{\"step\":1,\"a\":0x10}", "malformed number"),
    ("{\"step\":1,\"a\":--1}", "malformed number"),
    ("{\"step\":1,\"a\":NaNs}", "malformed number"),
    ("{\"step\":1,\"a\":\"\\q\"}", "malformed string"),
    ("{\"step\":1,\"a\":\"\\u12G4\"}", "malformed string"),
    ("{\"step\":1,\"a\":\"\u{1}\"}", "malformed string"),
    ("{\"step\":1,\"\\x\":2}", "malformed string"),
    ("{\"step\":1,\"a\":[\"\\q\"]}", "malformed string"),
    ("{\"step\":1,\"a\":[{\"\\q\":1}]}", "malformed string"),
    ("{\"step\":1,\"a\":[1 2]}", "not valid JSON"),
    (nested(1000), "nested too deeply"),
    (nested(100_000), "nested too deeply"),
    (objects(1000), "nested too deeply"),
  ])
  func `A line that is no record is rejected with a reason, and its neighbours stay`(
    line: String, reason: String
  ) {
    let all = transcript(of: "{\"step\":0,\"loss\":1}\n\(line)\n{\"step\":2,\"loss\":3}\n")
    #expect(all.entries == ["1 step 0 loss=1.0", "2 rejected: \(reason)", "3 step 2 loss=3.0"])
    #expect(all.status.lines == 3)
  }

  @Test(arguments: [
    [0xFF, 0xFE, 0x00, 0x80],
    Array("{\"step\":1,\"a\":".utf8) + [0x00] + Array("1}".utf8),
  ])
  func `Bytes that are no text are rejected`(line: [UInt8]) {
    let all = transcript(of: Array("{\"step\":0}\n".utf8) + line + Array("\n{\"step\":2}\n".utf8))
    #expect(all.entries.count == 3)
    #expect(all.entries.first == "1 step 0")
    #expect(all.entries.dropFirst().first?.hasPrefix("2 rejected: ") == true)
    #expect(all.entries.last == "3 step 2")
  }

  @Test(
    arguments: [
      ([0xE9], "é"), ([0x93, 0x94], "“”"), ([0xC0, 0x80], "À€"), ([0xED, 0xA0, 0x80], "í\u{A0}€"),
    ] as [([UInt8], String)])
  func `A line that is no UTF-8 is one of Windows-1252`(bytes: [UInt8], text: String) {
    let all = transcript(
      of: Array("{\"step\":1,\"a\":2,\"s\":\"".utf8) + bytes + Array("\"}\n{\"step\":2,\"s\":\"ü\"}\n".utf8))
    #expect(all.entries == ["1 step 1 a=2.0", "2 step 2"])
    #expect(all.texts == ["s=\(text)", "s=ü"])
  }

  @Test func `Zeros around lines are holes`() {
    let zeros = [UInt8](repeating: 0, count: 5000)
    let all = transcript(
      of: zeros + Array("{\"step\":0}\n".utf8) + zeros + Array("\n".utf8) + zeros
        + Array("{\"step\":2}\n".utf8))
    #expect(all.entries == ["1 step 0", "3 step 2"])
  }

  @Test func `Random bytes are never fatal and every line is accounted for`() {
    var generator = SplitMix(seed: 7)
    let alphabet = Array("{}[]\",:0123456789eE.-+ntfNI\\u\"step\" \r\t".utf8) + [0x00, 0xFF, 0xC3, 0xE2]
    for round in 0..<300 {
      var bytes: [UInt8] = []
      for _ in 0..<40 {
        for _ in 0..<generator.below(60) { bytes.append(alphabet[generator.below(alphabet.count)]) }
        bytes.append(UInt8(ascii: "\n"))
      }
      let all = transcript(of: bytes)
      #expect(all.status.lines == 40, "round \(round) of seed 7")
      #expect(all.status.bytesRead == bytes.count)
    }
  }

  @Test
  func `A record cut at any byte, closed by a newline, is rejected or a record, and the next one is whole`() {
    let record = Array(
      "{\"step\":12,\"a\":{\"b\":-1.5e-3,\"c\":[1,{\"d\":\"\\u00e9\"}]},\"n\":null,\"t\":true,\"s\":\"x\"}"
        .utf8)
    for cut in 1..<record.count {
      let all = transcript(of: record[..<cut] + Array("\n{\"step\":13,\"a\":1}\n".utf8))
      #expect(all.entries.count == 2, "cut at \(cut)")
      #expect(all.entries.first?.hasPrefix("1 rejected: ") == true, "cut at \(cut)")
      #expect(all.entries.last == "2 step 13 a=1.0", "cut at \(cut)")
    }
  }

  @Test func `A record cut at any byte and joined to the next loses only itself`() {
    let record = Array("{\"step\":12,\"a\":{\"b\":-1.5e-3,\"c\":[1,{\"d\":\"\\u00e9\"}]},\"s\":\"x\"}".utf8)
    for cut in 1..<record.count {
      let all = transcript(
        of: Array("{\"step\":11}\n".utf8) + record[..<cut] + Array("{\"step\":13,\"a\":1}\n".utf8))
      #expect(
        all.entries == ["1 step 11", "2 rejected: torn line joined to the next", "2 step 13 a=1.0"],
        "cut at \(cut)")
    }
  }

  @Test func `Blank lines are counted and say nothing`() {
    let all = transcript(of: "\n\r\n \t\n{\"step\":1}\n\n")
    #expect(all.entries == ["4 step 1"])
    #expect(all.status.lines == 5)
  }

  @Test func `A line of several megabytes is a record`() {
    let filler = String(repeating: "x", count: 3 << 20)
    var reading = Reading()
    reading.append("{\"step\":1,\"a\":2}\n{\"step\":2,\"text\":\"\(filler)\",\"a\":3}\n{\"step\":3}\n")
    #expect(reading.entries == ["1 step 1 a=2.0", "2 step 2 a=3.0", "3 step 3"])
    #expect(reading.transcript.texts.first?.count == filler.count + 5)
  }

  @Test func `Lines of very different lengths decode one after the other`() {
    var generator = SplitMix(seed: 11)
    let numbers = (0..<300_000).map { _ in String(generator.below(1_000_000)) }.joined(separator: ",")
    var reading = Reading()
    let long = "\"logits\":[\(numbers)],\"note\":\"\\u00e9\""
    for step in 0..<3 { reading.append("{\"step\":\(step),\(long)}\n{\"step\":\(step),\"note\":\"\\n\"}\n") }
    let records = reading.entries.filter { !$0.contains(" unused ") }
    #expect(records == (0..<6).map { "\($0 + 1) step \($0 / 2)" })
    #expect(reading.transcript.texts == (0..<6).map { $0 % 2 == 0 ? "note=é" : "note=\n" })
    #expect(reading.transcript.distributions.count == 3)
  }

  @Test(arguments: [("x", 100), ("{\"step\":1,\"text\":\"", 1000)])
  func `A line beyond the limit is rejected, counted once and skipped`(start: String, bound: Int) {
    var reading = Reading()
    let limit = ReadLimit(bytes: 64, lineBytes: 1000, foreignLineBytes: 100)
    reading.files.create(Reading.path, "{\"step\":0}\n" + start)
    for _ in 0..<20 {
      reading.files.append(Reading.path, String(repeating: "y", count: 100))
      reading.readOn(limit: limit)
    }
    #expect(reading.entries == ["1 step 0", "2 rejected: longer than \(bound) bytes"])
    #expect(reading.status.lines == 1)
    reading.files.append(Reading.path, "\"}\n{\"step\":2}\n")
    reading.readOn(limit: limit)
    #expect(reading.entries == ["1 step 0", "2 rejected: longer than \(bound) bytes", "3 step 2"])
    #expect(reading.status.lines == 3)
  }

  @Test func `Batches are bounded in bytes and records`() {
    var reading = Reading()
    let lines = (0..<1000).map { "{\"step\":\($0)}\nx\n" }.joined()
    reading.files.create(Reading.path, lines)
    reading.readOn(limit: ReadLimit(bytes: 4096, records: 10))
    #expect(reading.largestBatch == 10)
    #expect(reading.entries.count == 2000)
    #expect(reading.entries.last == "2000 rejected: not JSON")
  }
}
