import Foundation
import RunTestSupport
import TestSupport
import Testing

@testable import Reports
@testable import RunModel

struct SeriesExportTests {
  private var run: RunModel {
    RunModel { log in
      log.train(step: 0, ["loss": 2, "a,\"b\"": .nan], time: 1_760_000_000.5)
      log.eval(step: 10, ["eval/old/accuracy": 0.5])
      log.train(step: 20, ["loss": 1])
      log.train(step: 0, ["loss": 3])
      log.train(step: 20, ["loss": 4])
    }
  }

  private func lines(_ format: SeriesExport.Format, _ isChosen: @escaping (String) -> Bool = { _ in true })
    throws
    -> [String]
  {
    let export = SeriesExport(format, isChosen: isChosen)
    var text = export.head
    try export.write(run) { text += $0 }
    return text.split(separator: "\n").map(String.init)
  }

  @Test func `A table has every point of every branch`() throws {
    let path = run.path
    #expect(
      try lines(.csv) { $0 != "eval/old/accuracy" } == [
        "run,key,set,branch,step,time,value", "\(path),loss,,0,0,,3.0", "\(path),loss,,0,20,,4.0",
        "\(path),loss,,1,0,1760000000.5,2.0", "\(path),loss,,1,20,,1.0",
        "\(path),\"a,\"\"b\"\"\",,1,0,1760000000.5,NaN",
      ])
  }

  @Test func `Lines of JSON have the set, and NaN as a text`() throws {
    let all = try lines(.jsonl).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let accuracy = try #require(all.first { $0["key"] as? String == "eval/old/accuracy" })
    #expect(accuracy["set"] as? String == "old" && accuracy["value"] as? Double == 0.5)
    #expect(accuracy["time"] is NSNull)
    #expect(all.first { $0["key"] as? String == "a,\"b\"" }?["value"] as? String == "NaN")
    #expect(Set(all.flatMap(\.keys)) == ["run", "key", "set", "branch", "step", "time", "value"])
  }

  @Test func `Divergences that were computed are exported beside what is logged`() throws {
    let run = RunModel { log in
      log.logits(step: 5, set: "old", [SyntheticSample("a", policy: [1, 0], reference: [0, 0])])
    }
    var text = ""
    try SeriesExport(.csv).write(run) { text += $0 }
    #expect(text.contains(",eval/old/divergence/policy_reference,old,0,5,,0.1"))
    #expect(text.contains(",eval/old/divergence/reference_policy,old,0,5,,0.1"))
    #expect(SeriesExport.keys(of: run).contains("eval/old/divergence/policy_reference"))
  }
}
