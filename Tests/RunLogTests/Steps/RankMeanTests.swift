import FileAccess
import RunLog
import TestSupport
import Testing

/// Several ranks of one training, in files of their own or in one.
struct RankMeanTests {
  private func read(_ files: FakeFileSystem, path: String = "/runs", limit: ReadLimit = ReadLimit()) -> (
    points: [String: [LoggedPoint]], told: [String], restarts: Int
  ) {
    var follower = RunFollower(path: path, fileSystem: files, readsOnce: true)
    var keys: [String] = []
    var points: [String: [LoggedPoint]] = [:]
    var told: [String] = []
    var restarts = 0
    repeat {
      let batch = follower.nextBatch(limit: limit)
      keys += batch.newKeys
      for record in batch.records {
        for index in record.numbers {
          points[keys[Int(batch.numberKeys[index])], default: []].append(
            LoggedPoint(step: record.step, value: batch.numbers[index]))
        }
      }
      for notice in batch.notices {
        if case .remark(let text) = notice.kind { told.append(text) }
        if case .restarted = notice.kind { restarts += 1 }
      }
      if batch.isEmpty, !follower.hasMore, batch.status.source != .reading { break }
    } while true
    return (points, told, restarts)
  }

  private func line(_ step: Int, _ loss: Double, _ more: String = "") -> String {
    "{\"step\":\(step),\"loss\":\(loss)\(more)}\n"
  }

  private func ranks(_ count: Int, name: (Int) -> String, _ lines: (Int) -> String) -> FakeFileSystem {
    let files = FakeFileSystem()
    for rank in 0..<count { files.create("/runs/" + name(rank), lines(rank)) }
    return files
  }

  @Test(arguments: [1 << 20, 64])
  func `Files of ranks are one run, whose curve is their mean`(bytes: Int) {
    let files = ranks(4, name: { "metrics.rank-\($0).jsonl" }) { rank in
      (1...40).map { line($0, Double(rank) + Double($0) / 64) }.joined()
    }
    let run = read(files, limit: ReadLimit(bytes: bytes))
    #expect(run.points["loss"] == (1...40).map { LoggedPoint(step: $0, value: 1.5 + Double($0) / 64) })
    #expect(run.told == ["several ranks write: each curve is the mean over them"])
    #expect(run.restarts == 0)
  }

  @Test func `Ranks that say the same give exactly that`() {
    let files = ranks(64, name: { "rank_\($0).jsonl" }) { _ in (1...20).map { line($0, 0.1) }.joined() }
    #expect(read(files).points["loss"] == (1...20).map { LoggedPoint(step: $0, value: 0.1) })
  }

  @Test func `Ranks in one file are told apart by their key`() {
    for blocks in [false, true] {
      let files = FakeFileSystem()
      let pairs = (1...8).flatMap { step in (0..<4).map { (step, $0) } }
      let sorted = blocks ? pairs.sorted { ($0.1, $0.0) < ($1.1, $1.0) } : pairs
      files.create(
        "/runs/metrics.jsonl", sorted.map { line($0 * 10, Double($1), ",\"rank\":\($1)") }.joined())
      let run = read(files)
      #expect(run.points == ["loss": (1...8).map { LoggedPoint(step: $0 * 10, value: 1.5) }])
      #expect(run.restarts == 0)
    }
  }

  @Test func `One rank that names itself is a run like any other, at once`() {
    let files = FakeFileSystem()
    files.create("/runs/metrics.jsonl", line(1, 2, ",\"rank\":0") + line(2, 1, ",\"rank\":0"))
    let run = read(files)
    #expect(run.points["loss"]?.map(\.step) == [1, 2])
    #expect(run.told.isEmpty)
  }

  @Test func `A rank that died is named with its last step, and the others go on`() {
    let files = ranks(3, name: { "metrics_rank\($0).jsonl" }) { rank in
      (1...(rank == 1 ? 30 : 100)).map { line($0, Double(rank)) }.joined()
    }
    let run = read(files)
    #expect(run.points["loss"]?.map(\.step) == Array(1...100))
    #expect(run.told.contains { $0.hasPrefix("rank 1 ") && $0.contains("step 30") })
  }

  @Test func `Restarts, with as many ranks or fewer, are one restart`() {
    for second in [4, 2] {
      let files = ranks(4, name: { "metrics.rank-\($0).jsonl" }) { rank in
        let again = rank < second ? (21...60).map { line($0, 5 + Double(rank)) } : []
        return ((1...40).map { line($0, Double(rank)) } + again).joined()
      }
      let run = read(files)
      #expect(run.restarts == 1)
      #expect(run.points["loss"]?.map(\.step) == Array(1...40) + Array(21...60))
      #expect(run.points["loss"]?.last.map { Double(bitPattern: $0.value) } == 5 + Double(second - 1) / 2)
    }
  }

  @Test func `A rank that comes last at every step is a note`() {
    let files = ranks(4, name: { "metrics.rank-\($0).jsonl" }) { rank in
      (1...40).map {
        line($0, 1, ",\"time\":\(1_700_000_000 + Double($0) + (rank == 2 ? 0.5 : Double(rank) / 1000))")
      }.joined()
    }
    #expect(read(files).told.contains { $0.hasPrefix("rank 2 comes last at every step, 0.4") })
  }

  @Test(arguments: ["metrics.rank-3.jsonl", "rank3.jsonl", "log_rank_03.jsonl", "rank-3/metrics.jsonl"])
  func `Names tell the rank`(name: String) {
    let files = FakeFileSystem()
    for rank in [2, 3] {
      let path = "/runs/" + name.replacing("3", with: "\(rank)")
      if path.contains("/rank-") { files.makeDirectory(PathText.parent(of: path)) }
      files.create(path, line(1, Double(rank)) + line(2, Double(rank)))
    }
    #expect(
      read(files).points["loss"] == [LoggedPoint(step: 1, value: 2.5), LoggedPoint(step: 2, value: 2.5)])
  }
}
