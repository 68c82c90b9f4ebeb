import RunLog
import TestSupport
import Testing

/// Logs that the logging classes of trainers wrote, and what was given to them.
struct TrainerFixtureTests {
  @Test(arguments: [
    ("verl.jsonl", Dialect.verlJSONL), ("verl.console.txt", .verlConsole), ("log_1795440000.txt", .torchtune),
    ("trainer_log.jsonl", .llamaFactory),
  ])
  func `A log gives what was logged`(name: String, dialect: Dialect) throws {
    let bytes = try Fixture.bytes(name)
    let expected = try Fixture.points(name + ".tsv")
    #expect(expected.count > 4)
    let reading = PointReading.of(bytes)
    #expect(reading.points == expected)
    #expect(reading.status.dialect == dialect)
    #expect(reading.status.stepSource == .logged)
    // What is printed in front of the first row is no rejected line.
    #expect(reading.rejections.isEmpty || reading.notices.contains(.printedOutput))
    #expect(PointReading.of(bytes, limit: ReadLimit(bytes: 50, records: 1)).points == expected)
  }
}
