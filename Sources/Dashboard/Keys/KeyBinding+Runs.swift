internal import CellCanvas

/// Keys for several runs.
extension KeyBinding {
  static let runs: [KeyBinding] = [
    KeyBinding("next-run", ["}"], "look at the next run", in: .runs) { state, _ in state.lookAtNextRun(by: 1)
    },
    KeyBinding("previous-run", ["{"], "look at the previous run", in: .runs) { state, _ in
      state.lookAtNextRun(by: -1)
    },
    KeyBinding("open-run", [.enter], "look at the chosen run", in: .runs, on: [.runs], hint: "open") {
      state, _ in state.look(atRun: state.runsTable.cursor)
    },
    KeyBinding(
      "hide-run", ["v"], "hide the chosen run in charts, or show it", in: .runs, on: [.runs], hint: "hide"
    ) { state, _ in state.runs.toggleHidden(state.runsTable.cursor) },
    KeyBinding(
      "solo-run", ["a"], "show the chosen run alone, and back", in: .runs, on: [.runs], hint: "alone"
    ) {
      state, _ in state.runs.toggleSolo(state.runsTable.cursor)
    },
    KeyBinding(
      "baseline-run", ["b"], "compare all runs with the chosen one, and back", in: .runs, on: [.runs],
      hint: "baseline"
    ) { state, _ in state.runs.toggleBaseline(state.runsTable.cursor) },
    KeyBinding("sort-runs", ["s"], "sort runs by the next column", in: .runs, on: [.runs], hint: "sort") {
      state, _ in state.sortRunsByNextColumn()
    },
    KeyBinding(
      "reverse-runs", ["S"], "sort runs the other way round", in: .runs, on: [.runs], hint: "reverse"
    ) {
      state, _ in state.runsTable.isDescending.toggle()
    },
    KeyBinding(
      "next-measure", [">", ".", .right], "show the next measure of the runs", in: .runs, on: [.runs]
    ) {
      state, _ in state.moveRunsMeasure(by: 1)
    },
    KeyBinding(
      "previous-measure", ["<", ",", .left], "show the previous measure of the runs", in: .runs, on: [.runs]
    ) {
      state, _ in state.moveRunsMeasure(by: -1)
    },
  ]
}
