/// Keys of the page about forgetting.
extension KeyBinding {
  static let forgetting: [KeyBinding] = [
    KeyBinding(
      "next-distance", ["D"], "next divergence to the right of the scatter: of the new task, of the old one",
      in: .forgetting, on: [.forgetting], hint: "divergence"
    ) { state, _ in state.forgetting.nextDistance(in: state.shown) },
    KeyBinding(
      "next-metric", ["n"], "next metric up the scatter", in: .forgetting, on: [.forgetting], hint: "metric"
    ) { state, _ in state.forgetting.moveMetric(by: 1, in: state.shown) },
    KeyBinding("previous-metric", ["p", "N"], "previous metric", in: .forgetting, on: [.forgetting]) {
      state, _ in state.forgetting.moveMetric(by: -1, in: state.shown)
    },
  ]
}
