internal import CellCanvas

/// Keys of the page about forgetting.
extension KeyBinding {
  static let forgetting: [KeyBinding] = [
    KeyBinding(
      "next-distance", ["x"], "next divergence to the right of the scatter: new task, retention, …",
      in: .forgetting, on: [.forgetting], hint: "divergence"
    ) { state, _ in state.forgetting.distance += 1 },
    KeyBinding(
      "next-metric", ["y"], "next retention metric up the scatter", in: .forgetting, on: [.forgetting],
      hint: "metric"
    ) { state, _ in state.forgetting.metric += 1 },
  ]
}
