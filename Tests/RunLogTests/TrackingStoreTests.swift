import CSqlite
import FileAccess
import Foundation
import RunLog
import TestSupport
import Testing

/// Databases of mlflow and trackio, which their own code wrote, and which somebody writes meanwhile.
struct TrackingStoreTests {
  private static let losses = [2.5, 2.3, 2.1, 1.9, 1.8, 1.75, 1.7, 1.66]

  private static func read(_ path: String) -> PointReading {
    var reading = PointReading(onDisk: path)
    reading.readOn()
    return reading
  }

  /// A folder for a database that a test writes; it is removed behind it.
  private static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test(arguments: [
    ("mlflow.db/run-0", "loss", 0.0), ("mlflow.db/run-1", "loss", 0.1),
    ("trackio.db/run-1", "train/loss", 0.1),
  ])
  func `A run of a database gives what was logged`(name: String, key: String, offset: Double) {
    let reading = Self.read(Fixture.path(name))
    let points = reading.points[key] ?? []
    #expect(points.map(\.step) == [10, 20, 30, 40, 50, 60, 70, 80])
    #expect(
      zip(points, Self.losses).allSatisfy { (Double(bitPattern: $0.value) - $1 - offset).magnitude < 1e-12 })
    #expect(points.allSatisfy { Double(bitPattern: $0.time) > 1.7e9 })
    #expect(reading.status.dialect == (name.hasPrefix("mlflow") ? .mlflow : .trackio))
    #expect(reading.status.stepSource == .logged)
  }

  @Test func `Numbers that SQL has not are what was logged`() {
    let mlflow = Self.read(Fixture.path("mlflow.db/run-0")).points
    #expect(mlflow["grad_norm"].map { Double(bitPattern: $0[0].value).isNaN } == true)
    #expect(mlflow["weird"].map { Double(bitPattern: $0[0].value) == .infinity } == true)
    #expect(mlflow["weird2"].map { Double(bitPattern: $0[0].value) == -.infinity } == true)
    let trackio = Self.read(Fixture.path("trackio.db/run-0")).points["weird"] ?? []
    #expect(trackio.map { Double(bitPattern: $0.value).isNaN }.firstIndex(of: true) == 3)
    #expect(trackio.count { Double(bitPattern: $0.value) == .infinity } == 7)
  }

  @Test func `A database lists its runs, the newest first, and a folder those of its databases`() throws {
    let runs = RunCatalogue().runs(at: Fixture.path("mlflow.db"))
    #expect(runs.map(\.name) == ["run-1", "run-0"])
    #expect(runs.map { PathText.name(of: $0.path) } == ["run-1", "run-0"])
    try Self.withFolder { folder in
      for name in ["mlflow.db", "trackio.db"] {
        try FileManager.default.copyItem(atPath: Fixture.path(name), toPath: folder + "/" + name)
      }
      #expect(RunCatalogue().runs(at: folder).count == 4)
    }
  }

  @Test(arguments: ["wal", "delete"])
  func `It is read while it is written, nothing twice, and its writer is left alone`(journal: String) throws {
    try Self.withFolder { folder in
      let path = folder + "/mlflow.db"
      let writer = try Writer(path)
      try writer.run("PRAGMA journal_mode=\(journal)")
      try writer.run(
        """
        CREATE TABLE runs (run_uuid, name, start_time, lifecycle_stage);
        CREATE TABLE metrics (key, value, timestamp, run_uuid, step, is_nan);
        INSERT INTO runs VALUES ('a', 'one', 1, 'active'), ('b', 'two', 2, 'deleted');
        """)
      var reading = PointReading(onDisk: path + "/one")
      for step in 0..<60 {
        try writer.run(
          "INSERT INTO metrics VALUES ('loss', \(3 - Double(step) / 32), \(1_700_000_000_000 + step), 'a', \(step), 0)"
        )
        reading.readOn()
        if step % 7 == 0 { reading.readOn() }
      }
      for _ in 0..<20 { reading.readOn() }
      #expect(reading.points["loss"]?.map(\.step) == Array(0..<60))
      try writer.run("DELETE FROM metrics; INSERT INTO metrics VALUES ('loss', 7, 1700000000000, 'a', 0, 0)")
      for _ in 0..<20 { reading.readOn() }
      #expect(reading.startedOver == 1)
      let others = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "mlflow.db" }
      #expect(others.allSatisfy { journal == "wal" && ($0 == "mlflow.db-wal" || $0 == "mlflow.db-shm") })
    }
  }

  @Test func `A database of something else is named`() throws {
    try Self.withFolder { folder in
      try Writer(folder + "/other.db").run("CREATE TABLE metrics (a); INSERT INTO metrics VALUES (1)")
      #expect(
        Self.read(folder + "/other.db").status.obstacle?.contains("SQLite database of something else") == true
      )
    }
  }
}

/// Writes a database.
private final class Writer {
  private let handle: OpaquePointer

  struct Failure: Error { var message: String }

  init(_ path: String) throws {
    var handle: OpaquePointer?
    guard sqlite3_open(path, &handle) == SQLITE_OK, let handle else { throw Failure(message: path) }
    self.handle = handle
  }

  deinit { sqlite3_close_v2(handle) }

  func run(_ statements: String) throws {
    guard sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK else {
      throw Failure(message: String(cString: sqlite3_errmsg(handle)))
    }
  }
}
