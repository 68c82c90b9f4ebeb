import RunTestSupport
import Testing

@testable import RunModel

struct MetricLabelTests {
  @Test(arguments: [
    ("loss", "fine-tune"), ("total_loss", "total"), ("eval/old/loss", "eval old"), ("eval/loss", "eval"),
  ])
  func `What a loss is of`(key: String, label: String) {
    #expect(MetricKey.lossLabel(key) == label)
  }

  @Test(arguments: [
    ("eval/old/accuracy", "old accuracy"), ("eval/old_acc", "old accuracy"), ("test/new.acc", "new accuracy"),
    ("eval/accuracy", "accuracy"),
  ])
  func `What an evaluation measures`(key: String, label: String) {
    #expect(MetricKey.evaluationLabel(key) == label)
  }

  @Test func `A word that is said elsewhere is left out unless it is all`() {
    #expect(MetricKey.label("old accuracy", without: "accuracy") == "old")
    #expect(MetricKey.label("accuracy", without: "accuracy") == "accuracy")
  }
}
