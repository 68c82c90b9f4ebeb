package import CellCanvas
internal import Curves
internal import RunAnalysis
internal import RunFeed
internal import RunModel

extension DashboardState {
  /// Does what a key means in this state on a screen of `size`; a key without meaning does nothing.
  package mutating func press(_ key: Key, now: Double, size: CellSize) {
    charts.remark = nil
    if prompt != nil {
      type(key, now: now)
    } else if let binding = keys.binding(for: key, on: page, inReplay: isReplay) {
      perform(binding, now: now)
    }
    limitScroll(size: size)
  }

  /// Help hides what most keys would change: the first of them only closes it.
  private mutating func perform(_ binding: KeyBinding, now: Double) {
    if isHelpShown, binding.group != .general {
      isHelpShown = false
    } else {
      binding.action(&self, now)
    }
  }

  /// Hints and tabs do what they say; inside the page the page decides.
  package mutating func click(_ event: MouseEvent, now: Double, size: CellSize) {
    guard ScreenLayout.fits(size) else { return }
    let layout = ScreenLayout(size: size, isReplay: isReplay)
    if layout.hints.contains(x: event.x, y: event.y) {
      guard event.kind == .press else { return }
      BottomLine.binding(atX: event.x, self, in: layout.hints).map { perform($0, now: now) }
    } else if isReplay, layout.transport.contains(x: event.x, y: event.y) || replay?.isDragged == true {
      dragPosition(event, in: layout.transport)
    } else if layout.body.contains(x: event.x, y: event.y) {
      PageView.of(page).click(&self, event, layout.body)
    }
    limitScroll(size: size)
  }

  /// Takes back what was scrolled beyond the end, so that the way back begins at once.
  private mutating func limitScroll(size: CellSize) {
    if helpScroll > 0 { helpScroll = min(helpScroll, HelpView.mostScroll(self, size: size)) }
    guard ScreenLayout.fits(size) else { return }
    PageView.of(page).limitScroll(&self, ScreenLayout(size: size, isReplay: isReplay).body)
  }
}

extension DashboardState {
  /// Closes what lies on top: the help, then what the page has open, then the page.
  mutating func close() {
    if isHelpShown {
      isHelpShown = false
    } else if !PageView.of(page).close(&self) {
      page = .overview
    }
  }

  mutating func toggleHelp() {
    isHelpShown.toggle()
    helpScroll = 0
  }

  /// Scrolls what is in front: the help, or what the page scrolls.
  mutating func scroll(by lines: Int) {
    if isHelpShown {
      helpScroll = max(0, helpScroll + lines)
    } else {
      PageView.of(page).scroll(&self, lines)
    }
  }

  mutating func moveFocus(to panel: Panel) {
    if focus != panel { scroll = 0 }
    focus = panel
  }

  mutating func moveSample(by offset: Int) {
    if page == .samples { return moveSampleCursor(by: offset) }
    sample.move(by: offset, among: shown.sampleChoices(at: viewedStep))
  }

  mutating func moveRow(by offset: Int) {
    if page == .samples { return moveInspectedRow(by: offset) }
    guard let chosen = shown.chosenSample(sample, at: viewedStep) else { return }
    sample.moveRow(by: offset, of: chosen)
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

  /// The mouse takes the position of a replay along, from where it is pressed to where it is let go.
  private mutating func dragPosition(_ event: MouseEvent, in rect: CellRect) {
    let bar = TransportBar(self, in: rect)
    switch event.kind {
    case .press, .doubleClick:
      guard bar.contains(x: event.x) else { return }
      replay?.isDragged = true
    case .release where replay?.isDragged == true: replay?.isDragged = false
    case .wheelUp: return jump(isForward: false)
    case .wheelDown: return jump(isForward: true)
    case .release: return
    }
    seek(to: bar.step(atX: event.x))
  }

  /// Goes to the next or the last step, evaluation, finding or restart; where there is none it stays.
  mutating func jump(isForward: Bool) {
    let target: Int? =
      switch replay?.jumpUnit {
      case .evaluation: run.evaluationStep(from: step, isForward: isForward)
      case .finding:
        RunModel.nearest(of: runs.current.live.findings().map(\.step), from: step, isForward: isForward)
      case .restart: RunModel.nearest(of: run.restarts.map(\.toStep), from: step, isForward: isForward)
      case .step, nil:
        step.addingReportingOverflow(isForward ? 1 : -1).overflow ? nil : step + (isForward ? 1 : -1)
      }
    if let target { seek(to: target) }
  }

  /// A tenth of the run.
  var leap: Int { max(1, Int(nearest: (steps.span / 10).rounded(.down))) }
}
