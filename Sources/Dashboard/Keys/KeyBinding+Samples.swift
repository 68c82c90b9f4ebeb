internal import CellCanvas

/// Keys of the page of samples.
extension KeyBinding {
  static let sampleList: [KeyBinding] = [
    KeyBinding(
      "sort-next", ["s"], "sort samples by the next column", in: .samples, on: [.samples], hint: "sort"
    ) { state, _ in state.sortSamples(by: state.sample.order.column.next(by: 1)) },
    KeyBinding(
      "sort-reverse", ["S"], "sort samples the other way round", in: .samples, on: [.samples], hint: "reverse"
    ) { state, _ in state.reverseSamples() },
    KeyBinding(
      "filter-samples", ["/"], "filter samples by name, set, class, or by what became of them", in: .samples,
      on: [.samples], hint: "filter"
    ) { state, _ in state.askForSampleFilter() },
    KeyBinding(
      "open-sample", [.enter], "open the sample under the cursor, and back", in: .samples, on: [.samples],
      hint: "open"
    ) { state, _ in state.toggleSample() },
    KeyBinding(
      "samples-down", [.pageDown], "ten samples or bars further down", in: .samples, on: [.samples]
    ) { state, _ in state.scroll(by: 10) },
    KeyBinding("samples-up", [.pageUp], "ten samples or bars further up", in: .samples, on: [.samples]) {
      state, _ in state.scroll(by: -10)
    },
    KeyBinding(
      "first-sample", [.home, "g"], "go to the first sample; of an open one to the first evaluation",
      in: .samples, on: [.samples]
    ) { state, _ in state.moveToEnd(-1) },
    KeyBinding(
      "last-sample", [.end, "G"], "go to the last sample; of an open one to the last evaluation",
      in: .samples, on: [.samples]
    ) { state, _ in state.moveToEnd(1) },
    KeyBinding(
      "earlier-evaluation", [.left, "["], "show samples at the evaluation before", in: .samples,
      on: [.samples], when: .live, hint: "earlier"
    ) { state, _ in state.moveEvaluation(by: -1) },
    KeyBinding(
      "later-evaluation", [.right, "]"], "show samples at the next evaluation", in: .samples,
      on: [.samples], when: .live, hint: "later"
    ) { state, _ in state.moveEvaluation(by: 1) },
  ]
}
