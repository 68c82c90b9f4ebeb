import Foundation
import RunLog
import RunTestSupport
import TestSupport
import Testing

/// Nothing lost, nothing twice, whatever happens to a file.
struct StoryTests {
  /// Lines in all: a million where there is time.
  private static var lines: Int {
    let environment = ProcessInfo.processInfo.environment
    return environment["KLTOP_LINES"].flatMap { Int($0) }
      ?? (environment["KLTOP_FULL"] == nil ? 60_000 : 1_000_000)
  }

  @Test(arguments: StoryWriter.Form.all)
  func `A reader holds what was written through every story of a file`(form: StoryWriter.Form) {
    let seed: UInt64 = 20_261_123
    var reading = RunReading("/late/run/metrics.log", readsOnce: false)
    var writer = StoryWriter(reading.files, path: "/late/run/metrics.log", form: form, seed: seed)
    reading.readOn()
    reading.files.makeDirectory("/late/run")
    reading.readOn()
    var event = 0
    while writer.written < Self.lines / StoryWriter.Form.all.count {
      event += 1
      writer.writeSome()
      if writer.random(0...3) > 0 { reading.readOn(limit: ReadLimit(bytes: writer.random(500...100_000))) }
      guard writer.random(0...7) == 0 else { continue }
      // What was never there when somebody looked cannot be read.
      writer.finishWriting()
      reading.readOn()
      happen(writer.random(0...7), &writer, &reading)
      if writer.random(0...1) == 0 { reading.readOn() }
    }
    writer.replace()
    writer.settle()
    reading.readOn()
    #expect(reading.values("loss") == writer.expected, "seed \(seed), \(event) events")
    #expect(reading.values("eval_loss") == writer.expectedEvaluations, "seed \(seed), \(event) events")
  }

  private func happen(_ story: Int, _ writer: inout StoryWriter, _ reading: inout RunReading) {
    switch story {
    case 0: writer.rotate()
    case 1: writer.replace()
    case 2: writer.relink()
    case 3: writer.copyAndTruncate()
    case 4: writer.shrink()
    case 5: writer.writeThroughZeros { _ in reading.readOn() }
    case 6: writer.delete()
    default: writer.resume()
    }
  }
}
