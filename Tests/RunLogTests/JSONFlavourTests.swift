import RunLog
import TestSupport
import Testing

/// JSON lines of trainers that have a form of their own.
struct JSONFlavourTests {
  private static let llamaFactory =
    #"{"current_steps": 5, "total_steps": 100, "loss": 1.25, "lr": 2e-05, "epoch": 0.05, "percentage": 5.0, "elapsed_time": "0:00:10", "remaining_time": "0:03:10"}"#

  @Test(arguments: [
    (
      llamaFactory, Dialect.llamaFactory,
      "1 step 5 total_steps=100.0 loss=1.25 lr=2e-05 epoch=0.05 percentage=5.0"
    ),
    (
      #"{"step": 3, "data": {"actor/kl_loss": 0.5, "critic/score/mean": null, "actor/lr": NaN}}"#,
      .verlJSONL, "1 step 3 actor/kl_loss=0.5 actor/lr=nan"
    ),
    (
      #"{"step": 2, "progress/batch": 2, "optim/lr": 0.1, "progress/done_frac": 0.5, "optim/kl_sample_train_v1": 0.25}"#,
      .tinker,
      "1 step 2 optim/lr=0.1 progress/done_frac=0.5 optim/kl_sample_train_v1=0.25 progress/batch=2.0"
    ),
    (
      #"{"step": 7, "loss": 1.5, "lr": 2e-05, "tokens_per_second_per_gpu": 100.5}"#, .torchtune,
      "1 step 7 loss=1.5 lr=2e-05 tokens_per_second_per_gpu=100.5"
    ),
    (#"{"step": 3, "data": {"loss": 0.5}}"#, .jsonl, "1 step 3 data/loss=0.5"),
  ])
  func `A line tells who wrote it`(line: String, dialect: Dialect, entry: String) {
    let all = transcript(of: line + "\n")
    #expect(all.status.dialect == dialect)
    #expect(all.entries.filter { !$0.contains(" unused ") } == [entry])
  }

  @Test func `A later line may tell, and a native log stays one`() {
    let later = transcript(of: "{\"step\": 1, \"loss\": 2}\n" + Self.llamaFactory + "\n")
    #expect(later.status.dialect == .llamaFactory)
    let native = transcript(of: "{\"step\": 1, \"mode\": \"train\"}\n" + Self.llamaFactory + "\n")
    #expect(native.status.dialect == .native)
  }
}
