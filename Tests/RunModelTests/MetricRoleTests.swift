import RunModel
import Testing

struct MetricRoleTests {
  @Test(arguments: [
    ("kl", MetricRole.kl), ("objective/kl", .kl), ("train/kl", .kl), ("actor/kl_loss", .kl), ("KL", .kl),
    ("kl_policy_base", .kl), ("eval/kl", .evaluationKL), ("eval_kl", .evaluationKL),
    ("eval/objective/kl", .evaluationKL), ("eval/old/kl", .evaluationKL),
    ("loss", .fineTuneLoss), ("train/loss", .fineTuneLoss), ("train_loss", .fineTuneLoss),
    ("total_loss", .totalLoss), ("loss/total", .totalLoss), ("eval_loss", .evaluationLoss),
    ("eval/loss", .evaluationLoss), ("eval/old_loss", .evaluationLoss), ("eval/old/loss", .evaluationLoss),
    ("val_loss", .evaluationLoss), ("loss/val", .evaluationLoss), ("eval/total_loss", .evaluationLoss),
    ("lr", .learningRate), ("learning_rate", .learningRate), ("train/learning_rate", .learningRate),
    ("eval/old_acc", .accuracy), ("eval/old/accuracy", .accuracy), ("mean_token_accuracy", .accuracy),
    ("accuracy", .accuracy), ("eval_accuracy", .accuracy), ("accuracy/test", .accuracy),
  ])
  func `A key says what it means`(key: String, role: MetricRole) {
    #expect(MetricRole(key: key) == role)
  }

  @Test(arguments: [
    "kl_old_test", "kl_reverse", "eval/kl_reverse", "actor/ppo_kl", "policy/approxkl_avg", "approx_kl",
    "ppo_kl",
    "kl_coef", "kl_penalty_coefficient", "grad_norm", "loss_scale", "epoch", "tokens", "klaxon", "", "/",
    "eval",
    "train/", "lossy", "accumulated", "vacc",
  ])
  func `Any other key means nothing`(key: String) {
    #expect(MetricRole(key: key) == nil)
  }
}
