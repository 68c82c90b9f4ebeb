import ArgumentParser

/// `top` for forgetting.
@main
struct Kltop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kltop",
    abstract: "Watch a model drift from the model it started as, while it is fine-tuned.",
    discussion: """
      kltop reads training logs (JSON lines), recomputes the divergence between the tuned model (policy) and the model \
      it started as (reference) from the logits in them, and shows what is forgotten on the way.
      """,
    version: "0.1.0",
    subcommands: [
      WatchCommand.self, ReplayCommand.self, InspectCommand.self, KlCommand.self, AuditCommand.self,
      SummaryCommand.self,
    ],
    defaultSubcommand: WatchCommand.self)
}
