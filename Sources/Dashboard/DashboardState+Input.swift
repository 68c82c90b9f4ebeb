package import CellCanvas

extension DashboardState {
  /// Does what a key means in this state on a screen of `size`; a key without meaning does nothing.
  package mutating func press(_ key: Key, now: Double, size: CellSize) {
    guard let binding = KeyTable.binding(for: key, inReplay: isReplay) else { return }
    // Help hides what most keys would change: the first of them only closes it.
    if isHelpShown, binding.group != .general {
      isHelpShown = false
    } else {
      binding.action(&self, now)
    }
    limitScroll(size: size)
  }

  /// A click focuses a panel, a second one maximises it; the wheel zooms charts and scrolls lists.
  package mutating func click(_ event: MouseEvent, size: CellSize) {
    let layout = DashboardLayout(size: size, state: self)
    guard let (panel, rect) = layout.panel(atX: event.x, y: event.y) else { return }
    switch event.kind {
    case .press: moveFocus(to: panel)
    case .doubleClick: isMaximised.toggle()
    case .wheelUp: turnWheel(by: -1, over: panel, x: event.x - rect.x, columns: rect.columns)
    case .wheelDown: turnWheel(by: 1, over: panel, x: event.x - rect.x, columns: rect.columns)
    case .release: break
    }
    limitScroll(size: size)
  }

  private mutating func turnWheel(by direction: Int, over panel: Panel, x: Int, columns: Int) {
    switch panel {
    case .loss, .divergence, .forgetting:
      let window = charts.window ?? steps
      let share = Double(x) / Double(max(1, columns - 1))
      let center = Int(nearest: Double(window.lowerBound) + share * window.span)
      zoom(by: direction < 0 ? 0.5 : 2, around: center)
    case .sample: moveSample(by: direction)
    case .mode, .findings: scroll(by: direction)
    }
  }
}

extension DashboardState {
  mutating func closeOrReset() {
    if isHelpShown {
      isHelpShown = false
    } else if isMaximised {
      isMaximised = false
    } else {
      charts.window = nil
    }
  }

  mutating func toggleHelp() {
    isHelpShown.toggle()
    helpScroll = 0
  }

  /// Scrolls what is in front: the help, or the list of the focused panel.
  mutating func scroll(by offset: Int) {
    if isHelpShown {
      helpScroll = max(0, helpScroll + offset)
    } else {
      scroll = max(0, scroll + offset)
    }
  }

  /// Takes back what was scrolled beyond the end, so that the way back begins at once.
  private mutating func limitScroll(size: CellSize) {
    if helpScroll > 0 { helpScroll = min(helpScroll, HelpView.mostScroll(self, size: size)) }
    if scroll > 0 { scroll = min(scroll, mostScroll(size: size)) }
  }

  /// Lines that the focused panel's list can be scrolled by.
  private func mostScroll(size: CellSize) -> Int {
    guard let rect = DashboardLayout(size: size, state: self).panels[focus] else { return 0 }
    return switch focus {
    case .findings: FindingsPanel.mostScroll(self, in: rect)
    case .sample: SamplePanel.mostScroll(self, in: rect)
    case .loss, .divergence, .forgetting, .mode: 0
    }
  }

  mutating func moveFocus(to panel: Panel) {
    if focus != panel { scroll = 0 }
    focus = panel
  }

  mutating func moveSample(by offset: Int) {
    sample.move(by: offset, among: shown.sampleChoices(at: step))
  }

  mutating func moveRow(by offset: Int) {
    guard let chosen = shown.chosenSample(sample, at: step) else { return }
    sample.moveRow(by: offset, of: chosen)
  }

  mutating func toggleLogarithmic() {
    charts.logarithmic.formSymmetricDifference([focus.isChart ? focus : .loss])
  }

  /// Shows a part of the steps `factor` times as wide.
  mutating func zoom(by factor: Double, around center: Int) {
    charts.window = StepWindow.zoomed(charts.window ?? steps, by: factor, around: center, within: steps)
  }

  mutating func pan(by share: Double) {
    guard let window = charts.window else { return }
    charts.window = StepWindow.panned(window, by: share, within: steps)
  }

  mutating func seek(to step: Int) {
    let steps = steps
    replay?.seek(to: step, within: steps)
  }

  mutating func togglePlaying(now: Double) {
    let steps = steps
    replay?.togglePlaying(now: now, steps: steps)
  }

  /// Seeks from where the replay stands.
  mutating func seek(by offset: Int) {
    let (step, overflows) = step.addingReportingOverflow(offset)
    seek(to: overflows ? (offset < 0 ? .min : .max) : step)
  }

  /// A tenth of the run.
  var leap: Int { max(1, Int(nearest: (steps.span / 10).rounded(.down))) }
}
