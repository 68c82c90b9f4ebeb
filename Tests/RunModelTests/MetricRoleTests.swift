import Testing

@testable import RunModel

struct MetricRoleTests {
  @Test(arguments: [
    ("kl", MetricRole.kl), ("objective/kl", .kl), ("train/kl", .kl), ("actor/kl_loss", .kl), ("KL", .kl),
    ("kl_policy_base", .kl), ("eval/kl", .evaluationKL), ("eval_kl", .evaluationKL),
    ("eval/kl_policy_ref", .evaluationKL), ("eval/kl_nats", .evaluationKL),
    ("eval/objective/kl", .evaluationKL), ("eval/old/kl", .evaluationKL),
    ("loss", .fineTuneLoss), ("train/loss", .fineTuneLoss), ("train_loss", .fineTuneLoss),
    ("total_loss", .totalLoss), ("loss/total", .totalLoss), ("eval_loss", .evaluationLoss),
    ("eval/loss", .evaluationLoss), ("eval/old_loss", .evaluationLoss), ("eval/old/loss", .evaluationLoss),
    ("val_loss", .evaluationLoss), ("loss/val", .evaluationLoss), ("eval/total_loss", .evaluationLoss),
    ("lr", .learningRate), ("learning_rate", .learningRate), ("train/learning_rate", .learningRate),
    ("eval/old_acc", .accuracy), ("eval/old/accuracy", .accuracy), ("mean_token_accuracy", .accuracy),
    // Trainers: Hugging Face with two sets, TRL, verl, Lightning, Tinker, OpenRLHF, torchtune.
    ("eval_licences_loss", .evaluationLoss), ("eval/licences_loss", .evaluationLoss),
    ("train/train_loss", .fineTuneLoss), ("actor/pg_loss", .fineTuneLoss), ("critic/kl", .kl),
    ("actor/reward_kl_penalty", .kl), ("actor/lr", .learningRate), ("train_loss_step", .fineTuneLoss),
    ("train_loss_epoch", .fineTuneLoss), ("val_loss/dataloader_idx_0", .evaluationLoss),
    ("val_kl/dataloader_idx_1", .evaluationKL), ("train_kl_step", .kl),
    ("val_acc/dataloader_idx_0", .accuracy), ("train_mean_nll", .fineTuneLoss),
    ("test/nll", .evaluationLoss), ("optim/lr", .learningRate), ("train/actor_lr", .learningRate),
    ("train/policy_loss", .fineTuneLoss), ("train/kl_loss", .kl),
    // The lm-evaluation-harness.
    ("arc_easy/acc,none", .accuracy), ("arc_easy/acc_norm,none", .accuracy),
    ("gsm8k/exact_match,strict-match", .accuracy), ("ifeval/prompt_level_strict_acc,none", .accuracy),
    ("accuracy", .accuracy), ("eval_accuracy", .accuracy), ("accuracy/test", .accuracy),
  ])
  func `A key says what it means`(key: String, role: MetricRole) {
    #expect(MetricRole(key: key) == role)
  }

  @Test(arguments: [
    // What says that it is another direction or unit.
    "eval/kl_ref_policy", "eval/kl_reference_policy", "eval/kl_forward", "eval/kl_bits", "eval/kl_symmetric",
    "kl_old_test", "kl_reverse", "eval/kl_reverse", "actor/ppo_kl", "policy/approxkl_avg", "approx_kl",
    "ppo_kl",
    "kl_coef", "kl_penalty_coefficient", "grad_norm", "loss_scale", "epoch", "tokens", "klaxon", "", "/",
    "eval",
    "train/", "lossy", "accumulated", "vacc", "optim/kl_sample_train_v1", "optim/kl_sample_train_v2",
    "actor/kl_coef", "actor/reward_kl_penalty_coeff", "critic/kl_coeff", "critic/vf_loss", "train/ppo_kl",
    "rewards/accuracies", "train_runtime", "total_flos", "num_tokens", "global_step", "aux_loss",
    "rollout_corr/kl", "rollout_corr/k3_kl", "mismatch/mismatch_kl", "train/rollout_corr/kl", "train/vllm_kl",
    "kl_pre_post_v1", "teacher_kl", "teacher_kl/dataset_0", "approx_policy_kl",
    "arc_easy/acc_stderr,none", "lambada/perplexity,none", "exact_match", "f1",
    "objective/kl_coef", "val/ppo_kl", "train_steps_per_second", "hp_metric",
  ])
  func `Any other key means nothing`(key: String) {
    #expect(MetricRole(key: key) == nil)
  }
}
