import Testing

@testable import Dashboard

struct MetricLabelTests {
  @Test(arguments: [
    ("loss", "fine-tune"), ("total_loss", "total"), ("eval/old/loss", "eval old"), ("eval/loss", "eval"),
  ])
  func `What a loss is of`(key: String, label: String) {
    #expect(MetricLabel.loss(key) == label)
  }

  @Test(arguments: [
    ("eval/old/accuracy", "old accuracy"), ("eval/old_acc", "old accuracy"), ("test/new.acc", "new accuracy"),
    ("eval/accuracy", "accuracy"),
  ])
  func `What an evaluation measures`(key: String, label: String) {
    #expect(MetricLabel.retention(key) == label)
  }

  @Test func `A word that is said elsewhere is left out unless it is all`() {
    #expect(MetricLabel.without("accuracy", "old accuracy") == "old")
    #expect(MetricLabel.without("accuracy", "accuracy") == "accuracy")
  }
}
