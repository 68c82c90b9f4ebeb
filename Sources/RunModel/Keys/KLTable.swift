/// What the trainers' KLs are, read from their sources.
///
/// TRL 1.16 and 0.23 (`trl/trainer/*_trainer.py`, `trl/experimental`), verl 0.9 (`trainer/ppo/core_algos.py`,
/// `ray_trainer.py`, `rollout_corr_helper.py`), OpenRLHF 0.11 (`models/utils.py`, `models/loss.py`), torchtune
/// (`rlhf/rewards.py`, `dev/grpo/loss.py`), Tinker cookbook 0.6 (`rl/metrics.py`, `distillation`).
enum KLTable {
  struct Row {
    /// Keys without `train`, `eval` and the like, in lower case.
    var names: Set<String>
    /// One of them, at least, is in the log too; empty where the name says enough.
    var withOneOf: [String] = []
    /// All of them are in the log too.
    var withAll: [String] = []
    /// None of them is.
    var without: [String] = []
    var description: KLDescription

    func matches(_ key: MetricKey) -> Bool { names.contains(key.path) }

    func fits(_ has: (String) -> Bool) -> Bool {
      withAll.allSatisfy(has) && !without.contains(where: has)
        && (withOneOf.isEmpty || withOneOf.contains(where: has))
    }
  }

  /// First match wins.
  static let rows: [Row] = trl + verl + openRLHF + torchtune + tinker

  private static let perToken = "mean over tokens"
  private static let perResponse = "summed over the response, mean over responses"
  private static let generation = [
    "completions/mean_length", "completion_length", "frac_reward_zero_std", "clip_ratio/region_mean",
    "clip_ratio",
  ]

  private static let trl: [Row] = [
    Row(
      names: ["kl"], withAll: ["ratio", "clip_ratio/region_mean"],
      description: KLDescription(
        .oldPolicy, trainer: "TRL AsyncGRPO", estimator: "k3 of the ratio new ÷ old", reduction: perToken)),
    Row(
      names: ["kl"], withOneOf: ["rewards/chosen", "rewards/margins"], without: ["rewards/accuracies"],
      description: KLDescription(
        .reference, trainer: "TRL KTO", estimator: "k1 on completions of other prompts",
        reduction: "summed over the completion, mean over the batch", clamp: "to 0 or more")),
    Row(
      names: ["kl"],
      withOneOf: [
        "entropy_coef", "policy_loss", "cispo_clip_ratio", "sampling/sampling_logp_difference/mean",
        "tools/call_frequency", "vespo/phi_seq_mean",
      ], withAll: ["frac_reward_zero_std"],
      description: KLDescription(
        .reference, trainer: "TRL GRPO",
        estimator: "k3 (times the importance ratio with use_bias_correction_kl)", reduction: perToken)),
    Row(
      names: ["kl"], withOneOf: generation,
      description: KLDescription(
        .reference, trainer: "TRL GRPO or RLOO, which log the same keys",
        estimator: "k3 (GRPO) or k1 before the update (RLOO)", reduction: perToken)),
    Row(
      names: ["objective/kl"], withOneOf: ["policy/approxkl_avg"],
      description: KLDescription(
        .reference, trainer: "TRL PPO", estimator: "k1 (k3 with kl_estimator)", reduction: perResponse)),
    Row(
      names: ["objective/kl"],
      withOneOf: ["objective/scores_margin", "objective/non_score_reward", "val/contain_eos_token"],
      description: KLDescription(
        .reference, trainer: "TRL online DPO and its kin", estimator: "k1", reduction: perResponse)),
    Row(
      names: ["policy/approxkl_avg"],
      description: KLDescription(
        .oldPolicy, trainer: "TRL PPO", estimator: "k2", reduction: "mean over tokens and minibatches")),
    Row(
      names: ["loss/kl"], withAll: ["loss/score"],
      description: KLDescription(.reference, trainer: "TRL Nash-MD", estimator: "k1", reduction: perResponse)),
  ]

  private static let verl: [Row] = [
    Row(
      names: ["actor/kl_loss"],
      description: KLDescription(
        .reference, trainer: "verl", estimator: "k3, or as kl_loss_type says",
        reduction: "mean over tokens, or as loss_agg_mode says", clamp: "k3 of each token to −10…10")),
    Row(
      names: ["actor/reward_kl_penalty", "critic/kl"],
      description: KLDescription(
        .reference, trainer: "verl", estimator: "k1, or as kl_penalty says",
        reduction: "mean over the tokens of a response, mean over responses")),
    Row(
      names: ["actor/ppo_kl"],
      description: KLDescription(
        .oldPolicy, trainer: "verl", estimator: "k1 on samples of the old policy", reduction: perToken,
        clamp: "log ratio of each token to −20…20")),
    Row(
      names: ["rollout_corr/kl", "mismatch/mismatch_kl", "mismatch/kl"],
      description: KLDescription(.inferenceEngine, trainer: "verl", estimator: "k1", reduction: perToken)),
    Row(
      names: ["rollout_corr/k3_kl", "mismatch/mismatch_k3_kl", "mismatch/k3_kl"],
      description: KLDescription(.inferenceEngine, trainer: "verl", estimator: "k3", reduction: perToken)),
  ]

  private static let openRLHF: [Row] = [
    Row(
      names: ["kl"], withOneOf: ["logprobs_diff", "ppo_clip_ratio"],
      description: KLDescription(
        .reference, trainer: "OpenRLHF", estimator: "k1, k2 or k3, as algo.kl.estimator says",
        reduction: perToken, clamp: "each token to −10…10")),
    Row(
      names: ["ppo_kl"], withOneOf: ["ppo_clip_ratio"],
      description: KLDescription(
        .oldPolicy, trainer: "OpenRLHF", estimator: "k1 on samples of the old policy", reduction: perToken)),
    Row(
      names: ["vllm_kl"],
      description: KLDescription(
        .inferenceEngine, trainer: "OpenRLHF", estimator: "k1", reduction: perToken)),
  ]

  private static let torchtune: [Row] = [
    Row(
      names: ["kl"], withAll: ["kl_reward"],
      description: KLDescription(
        .reference, trainer: "torchtune PPO", estimator: "k1", reduction: perResponse)),
    Row(
      names: ["kl_loss"], withAll: ["approx_policy_kl"],
      description: KLDescription(
        .reference, trainer: "torchtune GRPO", estimator: "k3",
        reduction: "mean over the tokens of a response, mean over responses")),
    Row(
      names: ["approx_policy_kl"],
      description: KLDescription(.oldPolicy, trainer: "torchtune", estimator: "k2", reduction: perToken)),
  ]

  private static let tinker: [Row] = [
    Row(
      names: ["kl_policy_base"],
      description: KLDescription(.reference, trainer: "Tinker", estimator: "k1", reduction: perToken)),
    Row(
      names: ["optim/kl_sample_train_v1"],
      description: KLDescription(.inferenceEngine, trainer: "Tinker", estimator: "k1", reduction: perToken)),
    Row(
      names: ["optim/kl_sample_train_v2"],
      description: KLDescription(.inferenceEngine, trainer: "Tinker", estimator: "k2", reduction: perToken)),
    Row(
      names: ["kl_pre_post_v1"],
      description: KLDescription(
        .update, trainer: "Tinker", estimator: "k1 on samples from before", reduction: perToken)),
    Row(
      names: ["kl_pre_post_v2"],
      description: KLDescription(
        .update, trainer: "Tinker", estimator: "k2 on samples from before", reduction: perToken)),
    Row(
      names: ["teacher_kl", "sdft/reverse_kl_mean"],
      description: KLDescription(.teacher, trainer: "Tinker", estimator: "k1", reduction: perToken)),
  ]

  /// Names that tell a family other than the reference, whoever writes them.
  struct Family {
    var family: KLFamily
    /// Last components.
    var names: Set<String> = []
    /// Components in front of the last one, where one of the two ends in `kl`.
    var folders: Set<String> = []

    func matches(_ key: MetricKey) -> Bool {
      names.contains(key.name)
        || key.folders.contains { folders.contains($0) && ($0.hasSuffix("kl") || key.name.hasSuffix("kl")) }
    }
  }

  static let otherFamilies: [Family] = [
    Family(
      family: .oldPolicy,
      names: [
        "ppo_kl", "approx_kl", "approxkl", "approxkl_avg", "approx_policy_kl", "kl_old", "kl_old_policy",
        "old_kl", "policy_kl",
      ]),
    Family(
      family: .inferenceEngine,
      names: [
        "vllm_kl", "mismatch_kl", "mismatch_k3_kl", "rollout_kl", "kl_sample_train_v1", "kl_sample_train_v2",
      ],
      folders: ["rollout_corr", "mismatch"]),
    Family(family: .update, names: ["kl_pre_post_v1", "kl_pre_post_v2", "kl_pre_post"]),
    Family(family: .teacher, names: ["teacher_kl"], folders: ["teacher_kl", "sdft"]),
  ]
}
