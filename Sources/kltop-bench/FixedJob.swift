internal import Divergence
internal import RunAnalysis
internal import RunFeed
internal import RunLog
internal import RunModel

/// A small job that always does the same: what it costs is counted in instructions, which no neighbour changes.
///
/// `.ci/instructions` runs each under `valgrind --tool=callgrind` and compares the counts with those in the tree.
enum FixedJob: String, CaseIterable {
  /// Only what every job does: the start of the program.
  case nothing
  /// Lines of JSON become records.
  case decode
  /// The same lines become series.
  case model
  /// Lines of logits of a run that restarts again and again.
  case restarts
  /// Frames of a long run with a divergence at each step.
  case redraw
  /// Rows of a large vocabulary, compared.
  case float32
  case bfloat16

  private static let lines = 20_000
  /// Different ones: making them is not what is counted.
  private static let kinds = 97
  private static let restartedLines = 4000
  private static let divergences = 4000
  private static let rows = 4
  private static let vocabularySize = 151_936
  private static let frames = 20
  private static let sweeps = 10

  func run() throws {
    switch self {
    case .nothing: break
    case .decode: try decode()
    case .model: try load(SyntheticLog(kinds: Self.kinds).lines(0..<Self.lines))
    case .restarts: try load(GrowingLog.restarts.lines(Self.restartedLines))
    case .redraw: redraw()
    case .float32: try divergence(of: .float32)
    case .bfloat16: try divergence(of: .bfloat16)
    }
  }

  private func decode() throws {
    let file = try BenchmarkFile()
    try file.append(SyntheticLog(kinds: Self.kinds).lines(0..<Self.lines))
    var follower = RunFollower(path: file.path)
    while follower.nextBatch().status.source == .reading {}
  }

  private func load(_ bytes: [UInt8]) throws {
    let file = try BenchmarkFile()
    try file.append(bytes)
    _ = try RunLoading.only(of: file.path, dialect: nil).loadAll()
  }

  private func redraw() {
    let run = AnalysedRun(SyntheticModel.measured(steps: Self.divergences))
    for _ in 0..<Self.frames { RedrawBenchmark.draw(run) }
  }

  private func divergence(of scalar: LogitsScalar) throws {
    let logits = BenchmarkLogits(rows: Self.rows, vocabularySize: Self.vocabularySize)
    for _ in 0..<Self.sweeps { _ = try logits.divergenceBandwidth(of: scalar, threads: 1) }
  }
}
