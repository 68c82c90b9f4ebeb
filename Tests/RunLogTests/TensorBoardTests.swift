import RunLog
import TestSupport
import Testing

/// TensorBoard event files.
struct TensorBoardTests {
  @Test(arguments: [("hf_trainer.tfevents", 110), ("add_scalars.tfevents", 12)])
  func `An event file gives what TensorBoard reads`(name: String, count: Int) throws {
    let reading = PointReading.of(try Fixture.bytes(name))
    let expected = try Fixture.points(name + ".tsv")
    #expect(expected.values.reduce(0) { $0 + $1.count } == count)
    #expect(reading.points == expected)
    #expect(reading.status.dialect == .tensorBoard)
    #expect(reading.notices.isEmpty)
    #expect(
      PointReading.of(try Fixture.bytes(name), limit: ReadLimit(bytes: 100, records: 1)).points == expected)
  }

  @Test func `A torn record is waited for at every byte`() throws {
    let bytes = try Fixture.bytes("add_scalars.tfevents")
    let whole = PointReading.of(bytes).points
    for split in 0..<bytes.count {
      let files = FakeFileSystem()
      files.create(Reading.path, Array(bytes[..<split]))
      var reading = PointReading(files)
      reading.readOn()
      #expect(reading.notices.isEmpty, "split at \(split)")
      files.append(Reading.path, bytes[split...])
      reading.readOn()
      #expect(reading.points == whole, "split at \(split)")
    }
  }

  @Test func `A record with a wrong checksum is rejected alone`() throws {
    var bytes = try Fixture.bytes("add_scalars.tfevents")
    bytes[bytes.count - 10] ^= 1
    let reading = PointReading.of(bytes)
    #expect(reading.points["forgetting"]?.count == 11)
    #expect(reading.rejections == ["checksum of record 13 is wrong"])
  }

  @Test func `A damaged length ends the reading in one line`() throws {
    var bytes = try Fixture.bytes("add_scalars.tfevents")
    let second = 12 + Int(bytes[0]) + 4
    bytes[second] ^= 1
    let reading = PointReading.of(bytes)
    #expect(reading.points.isEmpty)
    #expect(reading.rejections == ["the length of record 2 is damaged: what follows it cannot be read"])
  }

  @Test(arguments: ScalarCase.all)
  func `A tensor of rank 0 is a number`(scalar: ScalarCase) {
    let reading = PointReading.of(TensorBoardFile.with([(3, scalar.tensor)]))
    #expect(reading.points["x"] == [LoggedPoint(step: 3, value: scalar.value, time: 1.5)], "\(scalar.name)")
  }

  @Test func `Hyperparameters of a session are the configuration`() {
    func entry(_ key: String, _ value: [UInt8]) -> [UInt8] {
      Proto.bytes(1, Proto.bytes(1, Array(key.utf8)) + Proto.bytes(2, value))
    }
    let start =
      entry("lr", Proto.fixed64(2, (2e-5).bitPattern)) + entry("layers", Proto.fixed64(2, (12.0).bitPattern))
      + entry("optim", Proto.bytes(3, Array("adamw".utf8))) + entry("bf16", Proto.varint(4, 1))
      + entry("none", Proto.varint(1, 0))
    let data =
      Proto.bytes(1, Array("hparams".utf8)) + Proto.bytes(2, Proto.varint(1, 0) + Proto.bytes(3, start))
    let value =
      Proto.bytes(1, Array("_hparams_/session_start_info".utf8)) + Proto.bytes(9, Proto.bytes(1, data))
    let reading = PointReading.of(TensorBoardFile.with(value: value))
    var run = RunDescription()
    run.configuration = ["lr": "2e-05", "layers": "12", "optim": "adamw", "bf16": "true", "none": "null"]
    run.configurationSource = "TensorBoard hparams"
    #expect(reading.notices == [.run(run)] && reading.points.isEmpty)
  }

  @Test func `Tensors of any other rank are left out`() {
    let vector = Proto.varint(1, 1) + Proto.bytes(2, Proto.bytes(2, Proto.varint(1, 1))) + Proto.fixed32(5, 1)
    #expect(PointReading.of(TensorBoardFile.with([(3, vector)])).points.isEmpty)
  }

  @Test func `A session that starts is told with its step, and is a restart`() {
    let start = Proto.fixed64(1, (1.5).bitPattern) + Proto.varint(2, 7) + Proto.bytes(7, Proto.varint(1, 1))
    let tensor = Proto.varint(1, 1) + Proto.fixed32(5, Float(2).bitPattern)
    let reading = PointReading.of(
      TensorBoardFile.with([(9, tensor)]) + TensorBoardFile.record(start))
    let restart = StepRestart(toStep: 7, fromStep: 9, records: 0, lastStep: nil)
    #expect(reading.notices == [.sessionStarted(step: 7), .restarted(restart)])
  }

  @Test func `Damaged event files never do harm`() throws {
    let bytes = try Fixture.bytes("hf_trainer.tfevents")
    var generator = SplitMix64(seed: 5)
    for round in 0..<200 {
      let reading = PointReading.of(mutated(bytes, with: &generator))
      #expect(reading.status.source == .upToDate, "round \(round)")
      #expect(reading.records <= 1000, "round \(round)")
    }
  }

  @Test func `Damaged events in whole records never do harm`() {
    let tensor = Proto.varint(1, 1) + Proto.bytes(2, []) + Proto.fixed32(5, Float(2).bitPattern)
    let event = TensorBoardFile.event(step: 3, tensor: tensor)
    var generator = SplitMix64(seed: 6)
    for round in 0..<500 {
      let start = TensorBoardFile.record(Proto.bytes(3, Array("brain.Event:2".utf8)))
      let reading = PointReading.of(start + TensorBoardFile.record(mutated(event, with: &generator)))
      #expect(reading.status.source == .upToDate, "round \(round)")
      #expect(reading.records <= 1, "round \(round)")
    }
  }
}

/// A tensor of one element in one of its spellings.
struct ScalarCase: Sendable, CustomTestStringConvertible {
  var name: String
  var tensor: [UInt8]
  var value: Double

  var testDescription: String { name }

  private static func content(_ name: String, _ type: UInt64, _ bytes: [UInt8], _ value: Double) -> ScalarCase
  {
    ScalarCase(
      name: name, tensor: Proto.varint(1, type) + Proto.bytes(2, []) + Proto.bytes(4, bytes), value: value)
  }

  private static func listed(_ name: String, _ type: UInt64, _ field: [UInt8], _ value: Double) -> ScalarCase
  {
    ScalarCase(name: name, tensor: Proto.varint(1, type) + field, value: value)
  }

  static let all: [ScalarCase] = [
    listed("float", 1, Proto.fixed32(5, Float(0.1).bitPattern), Double(Float(0.1))),
    listed("packed float", 1, Proto.bytes(5, Proto.littleEndian(Float(-2).bitPattern)), -2),
    listed("double", 2, Proto.fixed64(6, (0.1).bitPattern), 0.1),
    listed("int32", 3, Proto.varint(7, UInt64(bitPattern: -5)), -5),
    listed("int64", 9, Proto.bytes(10, Proto.number(1 << 40)), 1_099_511_627_776),
    listed("half", 19, Proto.varint(13, 0xC100), -2.5),
    listed("bfloat16", 14, Proto.varint(13, 0x3FC0), 1.5),
    listed("uint32", 22, Proto.varint(16, 4_000_000_000), 4_000_000_000),
    listed("uint64", 23, Proto.varint(17, 1 << 63), 0x1p63),
    content("float NaN in content", 1, Proto.littleEndian(Float.nan.bitPattern), .nan),
    content("double in content", 2, Proto.littleEndian((0.1).bitPattern), 0.1),
    content("int64 in content", 9, Proto.littleEndian(UInt64(bitPattern: -7)), -7),
    content("uint8 in content", 4, [200], 200), content("int8 in content", 6, [200], -56),
    content("int16 in content", 5, [0xFE, 0xFF], -2), content("uint16 in content", 17, [0xFE, 0xFF], 65534),
    content("subnormal half in content", 19, [1, 0], 0x1p-24),
    content("infinite half in content", 19, [0, 0xFC], -.infinity),
    content("bfloat16 in content", 14, [0x80, 0x7F], .infinity),
    listed("a zero that is left out", 1, [], 0),
  ]
}

/// Protobuf fields written by hand.
enum Proto {
  static func number(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func varint(_ field: UInt64, _ value: UInt64) -> [UInt8] { number(field << 3) + number(value) }
  static func fixed64(_ field: UInt64, _ bits: UInt64) -> [UInt8] {
    number(field << 3 | 1) + littleEndian(bits)
  }
  static func fixed32(_ field: UInt64, _ bits: UInt32) -> [UInt8] {
    number(field << 3 | 5) + littleEndian(bits)
  }
  static func bytes(_ field: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    number(field << 3 | 2) + number(UInt64(bytes.count)) + bytes
  }
}

/// Event files written by hand.
enum TensorBoardFile {
  static func event(step: UInt64, tensor: [UInt8]) -> [UInt8] {
    let value = Proto.bytes(1, Array("x".utf8)) + Proto.bytes(8, tensor)
    return Proto.fixed64(1, (1.5).bitPattern) + Proto.varint(2, step) + Proto.bytes(5, Proto.bytes(1, value))
  }

  static func with(_ tensors: [(step: UInt64, tensor: [UInt8])]) -> [UInt8] {
    tensors.flatMap { record(event(step: $0.step, tensor: $0.tensor)) }
  }

  /// One event with one value of a summary.
  static func with(value: [UInt8]) -> [UInt8] { record(Proto.bytes(5, Proto.bytes(1, value))) }

  static func record(_ data: [UInt8]) -> [UInt8] {
    let length = Proto.littleEndian(UInt64(data.count))
    return length + Proto.littleEndian(masked(length)) + data + Proto.littleEndian(masked(data))
  }

  /// Bit by bit, so that the tables of the program are not tested with themselves.
  private static func masked(_ bytes: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
    }
    let check = ~state
    return (check >> 15 | check << 17) &+ 0xA282_EAD8
  }
}
