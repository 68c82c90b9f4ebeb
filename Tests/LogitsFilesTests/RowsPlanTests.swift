import LogitsFiles
import TestSupport
import Testing

/// Which files of a folder of rows count.
struct RowsPlanTests {
  private static func file(
    _ path: String, step: Int, rank: Int = 0, of worldSize: Int = 1, launch: String = "a",
    generation: Int = 1, sequence: Int = 0, time: Double? = nil
  ) -> RowsShardFile {
    RowsShardFile(
      path: path, step: step,
      shard: RowsShard(
        rank: rank, worldSize: worldSize, launch: launch, generation: generation, sequence: sequence,
        time: time))
  }

  private static func paths(_ plan: RowsPlan, at step: Int) -> [[String]]? {
    plan.steps[step]?.groups.map { $0.files.map(\.path) }
  }

  @Test func `A step is complete when every rank of its launch is there`() {
    var files = (0..<37).map { Self.file("r\($0)", step: 20, rank: $0, of: 64) }
    let part = RowsPlan(files)
    #expect(part.steps[20]?.shards?.text == "37 of 64 shards")
    #expect(Self.paths(part, at: 20)?.first?.count == 37)
    files += (37..<64).map { Self.file("r\($0)", step: 20, rank: $0, of: 64) }
    #expect(RowsPlan(files).steps[20]?.shards == nil)
    #expect(
      RowsPlan(files.reversed()).steps[20]?.groups[0].files == RowsPlan(files).steps[20]?.groups[0].files)
  }

  @Test func `An older complete launch of a step stays until the newer one is complete`() {
    let old = [0, 1].map { Self.file("old\($0)", step: 20, rank: $0, of: 2, launch: "a", sequence: 3) }
    let new = Self.file("new0", step: 20, rank: 0, of: 2, launch: "b", sequence: 4, time: 9)
    let plan = RowsPlan(old + [new])
    #expect(Self.paths(plan, at: 20) == [["old0", "old1"]])
    #expect(plan.steps[20]?.shards?.text == "1 of 2 shards")
    let whole = RowsPlan(
      old + [new, Self.file("new1", step: 20, rank: 1, of: 2, launch: "b", sequence: 4, time: 9)])
    #expect(Self.paths(whole, at: 20) == [["new0", "new1"]])
    #expect(
      whole.leftOut.count == 1 && whole.leftOut[0].reason.contains("two programs write into one folder"))
  }

  @Test func `What an older generation has from the first step of a newer one on is its old branch`() {
    let plan = RowsPlan([
      Self.file("a0", step: 0), Self.file("a10", step: 10), Self.file("a20", step: 20),
      Self.file("b10", step: 10, launch: "b", generation: 2),
      Self.file("b15", step: 15, launch: "b", generation: 2),
      Self.file("c12", step: 12, launch: "c", generation: 3),
    ])
    #expect(plan.steps.keys.sorted() == [0, 10, 12])
    #expect(Self.paths(plan, at: 10) == [["b10"]])
    #expect(plan.leftOut.map(\.file.path).sorted() == ["a10", "a20", "b15"])
    #expect(
      plan.leftOut.first { $0.file.path == "a20" }?.reason.contains("generation 2 began again at step 10")
        == true)
  }

  @Test func `Of evaluations of one launch at one step the later one counts first`() {
    let plan = RowsPlan([
      Self.file("first", step: 5, sequence: 1), Self.file("second", step: 5, sequence: 2),
    ])
    #expect(Self.paths(plan, at: 5) == [["second"], ["first"]])
  }

  @Test func `A file of all ranks takes the place of theirs`() {
    let ranks = [0, 1].map { Self.file("r\($0)", step: 5, rank: $0, of: 2) }
    let plan = RowsPlan(ranks + [Self.file("whole", step: 5)])
    #expect(Self.paths(plan, at: 5) == [["whole"]] && plan.steps[5]?.shards == nil)
  }

  @Test func `A folder tells of new evaluations once, and leaves what is unfinished or no rows`() throws {
    let scratch = try ScratchFolder()
    let row = WrittenRow(policy: [1, 2], reference: [2, 1], target: 0)
    let bytes = { (step: Int) in RowsFileBytes.file(step: step, k: 1, [.init("old", "a", [row])]) }
    try scratch.write(bytes(0), to: "rows/step-0.safetensors")
    try scratch.write(bytes(9), to: "rows/.parts/step-9.safetensors")
    try scratch.write([1, 2, 3], to: "rows/step-3.safetensors.tmp")
    try scratch.write([1, 2, 3], to: "rows/vocabulary.safetensors")
    var folder = RowsFolder()
    func steps() -> [Int] {
      folder.news(in: scratch.path("rows")).compactMap { news in
        if case .evaluation(let evaluation) = news { evaluation.step } else { nil }
      }
    }
    #expect(steps() == [0])
    #expect(steps() == [])
    try scratch.write(bytes(4), to: "rows/step-4.safetensors")
    #expect(steps() == [4])
    folder.forget(step: 0)
    #expect(steps() == [0])
  }
}
