import RunModel
import TestSupport
import Testing

@testable import Dashboard

struct HeaderTests {
  @Test func `The step stands in full digits on any screen`() {
    let run = RunModel { $0.train(step: 123_456_789, ["loss": 1]) }
    for columns in 20...200 {
      for rows in [5, 24] {
        #expect(
          Screen(run, columns: columns, rows: rows).rows[0].contains("step 123456789"), "\(columns)x\(rows)")
      }
    }
  }

  @Test func `Nothing in the header is cut in the middle of a word`() {
    let known: Set<String> = [
      "kltop", "digits-kl", "step", "200", "●", "LIVE", "584", "steps/s", "elapsed", "00:00:00", "policy",
      "TRAIN", "grad", "reference", "EVAL", "no_grad", "✓", "nothing", "found",
    ]
    for columns in 20...200 {
      let screen = Screen(SampleRun.digitsKL.run, columns: columns, rows: 24)
      let words = screen.rows.prefix(columns < 104 ? 2 : 1).flatMap {
        $0.split(separator: " ").map(String.init)
      }
      #expect(words.allSatisfy { known.contains($0) || $0.hasSuffix("…") }, "\(columns): \(words)")
    }
  }

  @Test func `Speed is told only while the run lives`() {
    let run = SampleRun.digitsKL.run
    #expect(Screen(run).rows[0].contains("584 steps/s"))
    let late = Screen(run, now: SampleRun.digitsKL.end + 1800)
    #expect(!late.rows[0].contains("steps/s") && late.rows[0].contains("STALLED 30m"))
  }
}
