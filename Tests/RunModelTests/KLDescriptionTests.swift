import Reports
import RunLog
import RunTestSupport
import TestSupport
import Testing

@testable import RunModel

/// Which KL a trainer's key is.
struct KLDescriptionTests {
  /// A run with one point of each key.
  private static func run(_ keys: [String], dialect: Dialect = .trainerState) -> RunModel {
    var batch = RecordBatch()
    batch.newKeys = keys
    batch.numberKeys = ContiguousArray(keys.indices.map(UInt32.init))
    batch.numbers = ContiguousArray(repeating: 0.5, count: keys.count)
    batch.records = [
      Record(
        line: 1, step: 3, hasOwnStep: true, time: .nan, phase: .train, modes: ModelModes(),
        numbers: 0..<keys.count)
    ]
    batch.status.dialect = dialect
    var run = RunModel(path: "run")
    run.apply(ComparedBatch(batch: batch, measurements: []))
    return run
  }

  private static func description(of key: String, with others: [String] = []) -> KLDescription? {
    run([key] + others).klDescription(of: 0)
  }

  @Test(arguments: [
    ("kl", ["completions/mean_length", "frac_reward_zero_std"], "k3 (GRPO) or k1 before the update (RLOO)"),
    ("train/kl", ["train/completions/mean_length"], "k3 (GRPO) or k1 before the update (RLOO)"),
    ("eval_kl", ["eval_completions/mean_length"], "k3 (GRPO) or k1 before the update (RLOO)"),
    (
      "kl", ["frac_reward_zero_std", "entropy_coef"],
      "k3 (times the importance ratio with use_bias_correction_kl)"
    ),
    ("kl", ["rewards/chosen", "rewards/margins"], "k1 on completions of other prompts"),
    ("objective/kl", ["policy/approxkl_avg"], "k1 (k3 with kl_estimator)"),
    ("train/objective/kl", ["train/objective/scores_margin"], "k1"),
    ("loss/kl", ["loss/score"], "k1"),
    ("actor/kl_loss", [], "k3, or as kl_loss_type says"),
    ("actor/reward_kl_penalty", [], "k1, or as kl_penalty says"),
    ("train/kl", ["train/logprobs_diff"], "k1, k2 or k3, as algo.kl.estimator says"),
    ("kl", ["kl_reward"], "k1"), ("kl_loss", ["approx_policy_kl"], "k3"), ("kl_policy_base", [], "k1"),
  ])
  func `A KL against the reference says how it is estimated`(
    key: String, others: [String], estimator: String
  ) throws {
    let found = try #require(Self.description(of: key, with: others))
    #expect(found.family == .reference)
    #expect(found.estimator == estimator)
    #expect(Self.run([key] + others).series[0].role?.isKL == true)
  }

  @Test(arguments: [
    ("policy/approxkl_avg", KLFamily.oldPolicy), ("actor/ppo_kl", .oldPolicy), ("train/ppo_kl", .oldPolicy),
    ("approx_policy_kl", .oldPolicy), ("approx_kl", .oldPolicy), ("rollout_corr/kl", .inferenceEngine),
    ("rollout_corr/k3_kl", .inferenceEngine), ("mismatch/mismatch_kl", .inferenceEngine),
    ("train/vllm_kl", .inferenceEngine), ("optim/kl_sample_train_v1", .inferenceEngine),
    ("optim/kl_sample_train_v2", .inferenceEngine), ("kl_pre_post_v1", .update), ("kl_pre_post_v2", .update),
    ("teacher_kl", .teacher), ("teacher_kl/dataset_0", .teacher), ("sdft/reverse_kl_mean", .teacher),
  ])
  func `A KL of another family has no role`(key: String, family: KLFamily) {
    let run = Self.run([key, "ppo_clip_ratio"])
    #expect(run.klDescription(of: 0)?.family == family)
    #expect(run.series[0].role == nil)
  }

  @Test func `AsyncGRPO calls a KL against the old policy kl`() {
    var run = Self.run(["train/kl", "train/ratio", "train/clip_ratio/region_mean"])
    #expect(run.klDescription(of: 0)?.family == .oldPolicy)
    #expect(run.series(role: .kl).isEmpty)
    run = Self.run(["train/kl", "train/clip_ratio/region_mean"])
    #expect(run.series(role: .kl) == [0])
  }

  @Test func `A KL of no known trainer only has its family`() {
    let found = Self.description(of: "eval/kl")
    #expect(found == Self.description(of: "kl_to_base"))
    #expect(found?.text == "against the reference")
    #expect(found?.estimator == nil)
  }

  @Test(arguments: ["kl_coef", "loss", "actor/kl_coef", "kl_reverse", "reward", "klaxon"])
  func `What is no KL has no description`(key: String) {
    #expect(Self.description(of: key) == nil)
  }

  @Test func `Every KL of a log is in one family`() {
    let keys = ["actor/kl_loss", "actor/ppo_kl", "rollout_corr/kl", "actor/pg_loss", "critic/kl"]
    let families = Self.run(keys, dialect: .verlJSONL).klFamilies
    #expect(families.map(\.family) == [.reference, .oldPolicy, .inferenceEngine])
    #expect(families.map(\.series) == [[0, 4], [1], [2]])
  }

  @Test func `A description is one line, in the summary too`() throws {
    let run = Self.run(["actor/ppo_kl"], dialect: .verlConsole)
    let text =
      "against the old policy, k1 on samples of the old policy, mean over tokens, clamped log ratio of each token to −20…20 (verl)"
    #expect(run.klDescription(of: 0)?.text == text)
    let summary = RunSummary(run)
    #expect(summary.klKeys["actor/ppo_kl"]?.family == "old_policy")
    #expect(summary.klKeys["actor/ppo_kl"]?.text == text)
    #expect(summary.unplacedKeys.isEmpty)
    #expect(SummaryText.text(of: summary).contains("actor/ppo_kl is a KL \(text)"))
  }
}
