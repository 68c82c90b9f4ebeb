internal import CellCanvas
internal import RunModel

/// The switches of both models in words.
enum ModeText {
  /// Both models for the header: of the training phase, where the log has one.
  static func header(_ state: DashboardState) -> [FlexibleText] {
    guard let modes = state.shown.modeStates(at: state.step).first else {
      return [FlexibleText([[TextRun("modes not logged", .header)], []])]
    }
    return [
      model("policy", .policy, modes.policy), model("reference", .reference, modes.reference),
    ]
  }

  /// `train`, `eval` or `?`.
  static func mode(_ switches: ModelSwitches) -> String {
    switches.isTraining.map { $0 ? "train" : "eval" } ?? "?"
  }

  /// `grad`, `no_grad`, or nothing where the log does not say.
  static func gradients(_ switches: ModelSwitches) -> String {
    switches.recordsGradients.map { $0 ? "grad" : "no_grad" } ?? ""
  }

  private static func model(_ name: String, _ role: StyleRole, _ switches: ModelSwitches) -> FlexibleText {
    let label = TextRun(name + " ", role)
    let mode = TextRun(mode(switches).uppercased(), .header, bold: true)
    let gradients = gradients(switches)
    return FlexibleText([
      [label, mode] + (gradients.isEmpty ? [] : [TextRun(" " + gradients, .header)]), [label, mode],
    ])
  }
}
