internal import CellCanvas

/// Keys of the overview's panels.
extension KeyBinding {
  static let panels: [KeyBinding] =
    [
      KeyBinding("next-panel", [.tab], "focus the next panel", in: .panels, on: [.overview], hint: "panel") {
        state, _ in
        state.moveFocus(to: state.overview.focus.next(by: 1))
      },
      KeyBinding("previous-panel", [.backtab], "focus the previous panel", in: .panels, on: [.overview]) {
        state, _ in
        state.moveFocus(to: state.overview.focus.next(by: -1))
      },
      KeyBinding(
        "maximise", [.enter, "z"], "maximise the focused panel, and back", in: .panels, on: [.overview],
        hint: "maximise"
      ) {
        state, _ in
        state.overview.isMaximised.toggle()
      },
    ]
    + Panel.allCases.enumerated().map { index, panel in
      KeyBinding(
        "focus-\(panel.title)", [.character(Character("\(index + 1)"))], "focus \(panel.title)", in: .panels,
        on: [.overview]
      ) { state, _ in
        state.moveFocus(to: panel)
      }
    }

  static let samples: [KeyBinding] = [
    KeyBinding("next-sample", ["n"], "next sample", in: .samples, on: [.overview, .samples], hint: "sample") {
      state, _ in state.moveSample(by: 1)
    },
    KeyBinding("previous-sample", ["p", "N"], "previous sample", in: .samples, on: [.overview, .samples]) {
      state, _ in state.moveSample(by: -1)
    },
    KeyBinding(
      "follow-worst-sample", ["w"], "follow the sample with the largest divergence", in: .samples,
      on: [.overview]
    ) { state, _ in
      state.sample = SampleSelection()
    },
    KeyBinding(
      "next-token", [">", "."], "next token of a sequence", in: .samples, on: [.overview, .samples]
    ) {
      state, _ in state.moveRow(by: 1)
    },
    KeyBinding(
      "previous-token", ["<", ","], "previous token of a sequence", in: .samples, on: [.overview, .samples]
    ) { state, _ in state.moveRow(by: -1) },
  ]
}
