import Foundation
import RunLog
import TestSupport
import Testing

/// Logs that real trainers wrote, and what other readers made of them.
enum Fixture {
  private static var directory: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: directory.appendingPathComponent(name)))
  }

  static func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

  static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// Points of a table that another reader wrote: key, step, time and value of each, with tabs between.
  static func points(_ name: String) throws -> [String: [LoggedPoint]] {
    var points: [String: [LoggedPoint]] = [:]
    for line in try text(name).split(separator: "\n") {
      let cells = line.split(separator: "\t").map(String.init)
      let step = try #require(Int(cells[1]))
      let time = try #require(Double(cells[2]))
      let value = try #require(Double(cells[3]))
      points[cells[0], default: []].append(LoggedPoint(step: step, value: value, time: time))
    }
    return points
  }
}

/// One number of a log.
struct LoggedPoint: Hashable, CustomStringConvertible {
  var step: Int
  /// NaN is the same as NaN here.
  var value: UInt64
  var time: UInt64

  init(step: Int, value: Double, time: Double = .nan) {
    self.step = step
    self.value = value.isNaN ? Double.nan.bitPattern : value.bitPattern
    self.time = time.isNaN ? Double.nan.bitPattern : time.bitPattern
  }

  var description: String {
    "\(Double(bitPattern: value)) at step \(step) and \(Double(bitPattern: time))"
  }
}

/// Everything that a follower makes of a source, by key.
struct PointReading: ~Copyable {
  let files: FakeFileSystem
  private var follower: RunFollower
  private var keys: [String] = []
  private(set) var points: [String: [LoggedPoint]] = [:]
  private(set) var notices: [LogNotice.Kind] = []
  private(set) var records = 0
  private(set) var status = ReadStatus()

  init(_ files: FakeFileSystem = FakeFileSystem(), path: String = Reading.path) {
    self.files = files
    follower = RunFollower(path: path, fileSystem: files)
  }

  /// Reads what is on the machine's disk.
  init(onDisk path: String) {
    files = FakeFileSystem()
    follower = RunFollower(path: path)
  }

  mutating func readOn(limit: ReadLimit = ReadLimit()) {
    repeat {
      let batch = follower.nextBatch(limit: limit)
      keys += batch.newKeys
      if batch.notices.contains(where: { $0.kind == .stepsRevised }) { points = [:] }
      for record in batch.records {
        for index in record.numbers {
          points[keys[Int(batch.numberKeys[index])], default: []].append(
            LoggedPoint(step: record.step, value: batch.numbers[index], time: record.time))
        }
      }
      notices += batch.notices.map(\.kind)
      records += batch.records.count
      status = batch.status
    } while status.source == .reading
  }

  /// Reads a file of some bytes.
  static func of(_ bytes: [UInt8], limit: ReadLimit = ReadLimit()) -> PointReading {
    let files = FakeFileSystem()
    files.create(Reading.path, bytes)
    var reading = PointReading(files)
    reading.readOn(limit: limit)
    return reading
  }

  var rejections: [String] {
    notices.compactMap { if case .rejected(let reason) = $0 { reason } else { nil } }
  }

  var startedOver: Int {
    notices.count { if case .startedOver = $0 { true } else { false } }
  }
}

/// Changes some bytes, cuts some out or repeats some, always in the same way for a seed.
func mutated(_ bytes: [UInt8], with generator: inout SplitMix64) -> [UInt8] {
  var result = bytes
  for _ in 0..<Int.random(in: 1...4, using: &generator) where !result.isEmpty {
    let place = Int.random(in: 0..<result.count, using: &generator)
    let end = min(result.count, place + Int.random(in: 1...64, using: &generator))
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: result[place] = UInt8.random(in: .min ... .max, using: &generator)
    case 1: result.removeSubrange(place..<end)
    case 2: result.insert(contentsOf: result[place..<end], at: place)
    default: result.removeSubrange(end...)
    }
  }
  return result
}
