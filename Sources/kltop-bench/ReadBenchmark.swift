internal import RunFeed
internal import RunLog

/// Reading a log of 200,000 lines of 18 numbers, from the file system's cache: decoding alone, and into the model as the
/// program does it, where the processor time is that of both its threads together.
struct ReadBenchmark {
  private static let lines = 200_000

  private let turns: Int

  init(quick: Bool) { turns = quick ? 3 : 9 }

  func run() throws -> [BenchmarkResult] {
    let file = try BenchmarkFile()
    let log = SyntheticLog()
    var bytes = 0
    for start in stride(from: 0, to: Self.lines, by: 500) {
      let chunk = log.lines(start..<start + 500)
      bytes += chunk.count
      try file.append(chunk)
    }
    let gigabytes = Double(bytes) / 1e9
    var times: (decode: [Double], apply: [Double], open: [Double]) = ([], [], [])
    for _ in 0..<turns {
      times.decode.append(processorSeconds { decode(file.path) })
      let before = processorSecondsOfProcess
      times.open.append(
        try seconds { _ = try RunLoading.only(of: file.path, dialect: nil).loadAll() })
      times.apply.append(processorSecondsOfProcess - before)
    }
    return results(
      gigabytes, decode: median(times.decode), apply: median(times.apply), open: median(times.open))
  }

  private func decode(_ path: String) {
    var follower = RunFollower(path: path)
    while follower.nextBatch().status.source == .reading {}
  }

  private func results(_ gigabytes: Double, decode: Double, apply: Double, open: Double) -> [BenchmarkResult]
  {
    let speed = gigabytes / apply
    return [
      BenchmarkResult(
        name: "JSONL decoded, processor time", limit: "", value: gigabytes / decode, unit: "GB/s", passed: nil
      ),
      BenchmarkResult(
        name: "JSONL into the model, processor time", limit: "≥ 0.5", value: speed, unit: "GB/s",
        passed: speed >= 0.5),
      BenchmarkResult(
        name: "opening \(Self.lines) lines, \(Int(gigabytes * 1000)) MB", limit: "≤ 500", value: open * 1000,
        unit: "ms", passed: open <= 0.5),
    ]
  }
}
