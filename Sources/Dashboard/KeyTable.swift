package import CellCanvas

/// The keys of the dashboard: dispatch, help and hints are all made from this table.
package enum KeyTable {
  package static let bindings: [KeyBinding] =
    general + panels + samples + curves + liveTime + replayTime

  /// The row of a key, `nil` where it means nothing.
  package static func binding(for key: Key, inReplay: Bool) -> KeyBinding? {
    (inReplay ? replayLookup : liveLookup)[key]
  }

  private static let general: [KeyBinding] = [
    KeyBinding(["q", .control("c")], "quit", in: .general, hint: "quit") { state, _ in state.quit() },
    KeyBinding(["?", .function(1)], "show or hide this help", in: .general, hint: "help") { state, _ in
      state.toggleHelp()
    },
    KeyBinding([.escape], "close help, leave a maximised panel, show all steps", in: .general) { state, _ in
      state.closeOrReset()
    },
    KeyBinding([.down, "j"], "scroll help or the focused list down", in: .general) { state, _ in
      state.scroll(by: 1)
    },
    KeyBinding([.up, "k"], "scroll help or the focused list up", in: .general) { state, _ in
      state.scroll(by: -1)
    },
  ]

  private static let panels: [KeyBinding] =
    [
      KeyBinding([.tab], "focus the next panel", in: .panels, hint: "panel") { state, _ in
        state.moveFocus(to: state.focus.next(by: 1))
      },
      KeyBinding([.backtab], "focus the previous panel", in: .panels) { state, _ in
        state.moveFocus(to: state.focus.next(by: -1))
      },
      KeyBinding([.enter, "m"], "maximise the focused panel, and back", in: .panels, hint: "maximise") {
        state, _ in
        state.isMaximised.toggle()
      },
    ]
    + Panel.allCases.enumerated().map { index, panel in
      KeyBinding([.character(Character("\(index + 1)"))], "focus \(panel.title)", in: .panels) { state, _ in
        state.moveFocus(to: panel)
      }
    }

  private static let samples: [KeyBinding] = [
    KeyBinding(["n"], "next sample", in: .samples, hint: "sample") { state, _ in state.moveSample(by: 1) },
    KeyBinding(["p", "N"], "previous sample", in: .samples) { state, _ in state.moveSample(by: -1) },
    KeyBinding(["w"], "follow the sample with the largest divergence", in: .samples) { state, _ in
      state.sample = SampleSelection()
    },
    KeyBinding([">", "."], "next token of a sequence", in: .samples) { state, _ in state.moveRow(by: 1) },
    KeyBinding(["<", ","], "previous token of a sequence", in: .samples) { state, _ in state.moveRow(by: -1)
    },
  ]

  private static let curves: [KeyBinding] = [
    KeyBinding(["s"], "smooth curves more", in: .curves, hint: "smooth") { state, _ in
      state.charts.changeSmoothing(by: 1)
    },
    KeyBinding(["S"], "smooth curves less", in: .curves) { state, _ in state.charts.changeSmoothing(by: -1) },
    KeyBinding(["L"], "logarithmic or linear scale", in: .curves, hint: "log") { state, _ in
      state.toggleLogarithmic()
    },
    KeyBinding(["d"], "swap the two arguments of D", in: .curves) { state, _ in
      state.charts.direction = state.charts.direction.swapped
    },
    KeyBinding(["b"], "hide or show branches that restarts replaced", in: .curves) { state, _ in
      state.charts.showsAbandoned.toggle()
    },
    KeyBinding(["+", "="], "zoom in on steps", in: .curves, hint: "zoom") { state, _ in
      state.zoom(by: 0.5, around: state.step)
    },
    KeyBinding(["-"], "zoom out", in: .curves) { state, _ in state.zoom(by: 2, around: state.step) },
    KeyBinding(["h"], "pan to earlier steps", in: .curves) { state, _ in state.pan(by: -0.25) },
    KeyBinding(["l"], "pan to later steps", in: .curves) { state, _ in state.pan(by: 0.25) },
    KeyBinding(["0"], "show all steps again", in: .curves, hint: "all") { state, _ in
      state.charts.window = nil
    },
  ]

  private static let liveTime: [KeyBinding] = [
    KeyBinding(
      [" "], "freeze the screen; reading goes on behind it", in: .time, when: .live, hint: "pause"
    ) { state, _ in state.togglePause() },
    KeyBinding([.left], "pan to earlier steps", in: .time, when: .live) { state, _ in state.pan(by: -0.25) },
    KeyBinding([.right], "pan to later steps", in: .time, when: .live) { state, _ in state.pan(by: 0.25) },
  ]

  private static let replayTime: [KeyBinding] = [
    KeyBinding([" "], "play or pause", in: .time, when: .replay, hint: "play") { state, now in
      state.togglePlaying(now: now)
    },
    KeyBinding([.right], "one step forward", in: .time, when: .replay, hint: "step") { state, _ in
      state.seek(by: 1)
    },
    KeyBinding([.left], "one step back", in: .time, when: .replay) { state, _ in state.seek(by: -1) },
    KeyBinding([.pageDown], "a tenth of the run forward", in: .time, when: .replay, hint: "leap") {
      state, _ in
      state.seek(by: state.leap)
    },
    KeyBinding([.pageUp], "a tenth of the run back", in: .time, when: .replay) { state, _ in
      state.seek(by: -state.leap)
    },
    KeyBinding(["]"], "play faster", in: .time, when: .replay, hint: "faster") { state, _ in
      state.replay?.changeSpeed(by: 1)
    },
    KeyBinding(["["], "play slower", in: .time, when: .replay, hint: "slower") { state, _ in
      state.replay?.changeSpeed(by: -1)
    },
    KeyBinding([.home, "g"], "go to the first step", in: .time, when: .replay) { state, _ in
      state.seek(to: state.steps.lowerBound)
    },
    KeyBinding([.end, "G"], "go to the last step", in: .time, when: .replay) { state, _ in
      state.seek(to: state.steps.upperBound)
    },
  ]

  private static let liveLookup = lookup(inReplay: false)
  private static let replayLookup = lookup(inReplay: true)

  private static func lookup(inReplay: Bool) -> [Key: KeyBinding] {
    let available = bindings.filter { $0.isAvailable(inReplay: inReplay) }
    return Dictionary(
      available.flatMap { binding in binding.keys.map { ($0, binding) } },
      uniquingKeysWith: { first, _ in first })
  }
}
