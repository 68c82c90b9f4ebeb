internal import ArgumentParser

extension FixedJob: ExpressibleByArgument {}

/// The program's limits, measured. A verdict is printed, the exit status is 0 whatever it says.
@main
struct KltopBench: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "kltop-bench",
    abstract: "Measure kltop against its limits.",
    discussion: "Every number is the median of turns that alternate with what it is compared to.")

  @Flag(help: "Fewer turns and smaller inputs: a minute.")
  var quick = false

  @Option(help: "How to print the results.")
  var format = Format.text

  @Option(help: "Log to open in the benchmark of the start, instead of a made one.")
  var log: String?

  @Option(help: "Run only the benchmark of this name: \(names.joined(separator: ", ")).")
  var only: String?

  @Option(help: "Do only a small fixed job, to count its instructions: \(jobs).")
  var job: FixedJob?

  private static let names = [
    "start", "output", "memory", "inline-logits", "follow", "read", "formats", "rows-files", "growth",
    "redraw", "scrub",
    "divergence",
    "logits-files",
  ]
  private static let jobs = FixedJob.allCases.map(\.rawValue).joined(separator: ", ")

  func validate() throws {
    guard let only, !Self.names.contains(only) else { return }
    throw ValidationError("no benchmark is named \(only)")
  }

  func run() throws {
    if let job { return try job.run() }
    var results: [BenchmarkResult] = []
    if format == .text { print(BenchmarkTable.head) }
    for (name, benchmark) in benchmarks where only == nil || only == name {
      let found = try benchmark()
      results += found
      if format == .text { for result in found { print(BenchmarkTable.line(result)) } }
    }
    if format == .json { print(try BenchmarkTable.json(results)) }
  }

  /// In the order of their names: the start first, because a child process counts the largest memory of its parent as its own, and
  /// memory before others leave it in pieces.
  private var benchmarks: KeyValuePairs<String, () throws -> [BenchmarkResult]> {
    [
      "start": { try StartBenchmark(quick: quick, path: log).run() },
      "output": { try OutputBenchmark().run() },
      "memory": { try MemoryBenchmark(quick: quick).run() },
      "inline-logits": { try InlineLogitsBenchmark(quick: quick).run() },
      "follow": { try FollowBenchmark(quick: quick).run() },
      "read": { try ReadBenchmark(quick: quick).run() },
      "formats": { try FormatsBenchmark(quick: quick).run() },
      "rows-files": { try RowsBenchmark(quick: quick).run() },
      "growth": { try GrowthBenchmark(quick: quick).run() },
      "redraw": { RedrawBenchmark(quick: quick).run() },
      "scrub": { ScrubBenchmark(quick: quick).run() },
      "divergence": { try DivergenceBenchmark(quick: quick).run() },
      "logits-files": { try LogitsFilesBenchmark(quick: quick).run() },
    ]
  }
}
