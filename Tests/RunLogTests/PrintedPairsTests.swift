import RunLog
import TestSupport
import Testing

/// Consoles and text files that name a step and pairs.
struct PrintedPairsTests {
  @Test func `A file of torchtune gives its steps and numbers`() {
    let text =
      "Step 1 | loss:1.5 lr:2e-05 tokens_per_second_per_gpu:1000.5 \nStep 2 | loss:nan lr:0.0 \nStep 3 | los"
    let all = transcript(of: text)
    #expect(all.status.dialect == .torchtune)
    #expect(
      all.entries == [
        "1 step 1 loss=1.5 lr=2e-05 tokens_per_second_per_gpu=1000.5", "2 step 2 loss=nan lr=0.0",
      ])
  }

  @Test func `The console of verl gives its steps and numbers`() {
    let text = """
      (main_task pid=77) Using LocalLogger is deprecated.
      \u{1B}[36m(TaskRunner pid=77)\u{1B}[0m step:1 - actor/kl_loss:np.float64(0.25) - critic/score/mean:-1e-3
      (TaskRunner pid=77) epoch 0, step 1
      step:2 - actor/kl_loss:0.5 - timing: none

      """
    let all = transcript(of: text)
    #expect(all.status.dialect == .verlConsole)
    #expect(
      all.entries.dropFirst() == [
        "2 printed output", "2 step 1 actor/kl_loss=0.25 critic/score/mean=-0.001",
        "4 step 2 actor/kl_loss=0.5",
      ])
  }

  @Test(arguments: [
    "Step", "Step 1 | ", "Step x | a:1", "step:1", "step:1 - ", "step: - a:1", "laststep:1 - a:1",
  ])
  func `Other lines are no such log`(line: String) {
    #expect(transcript(of: line + "\n").status.dialect == nil)
  }
}
