package import CellCanvas
internal import RunFeed

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
    if help.isShown, binding.group != .general {
      help.isShown = false
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
    } else if help.isShown, event.kind == .wheelUp || event.kind == .wheelDown {
      scroll(by: event.kind == .wheelUp ? -1 : 1)
    } else if layout.body.contains(x: event.x, y: event.y) {
      PageView.of(page).click(&self, event, layout.body)
    }
    limitScroll(size: size)
  }

  /// Takes back what was scrolled beyond the end, so that the way back begins at once.
  private mutating func limitScroll(size: CellSize) {
    if help.scroll > 0 { help.scroll = min(help.scroll, HelpView.mostScroll(self, size: size)) }
    guard ScreenLayout.fits(size) else { return }
    PageView.of(page).limitScroll(&self, ScreenLayout(size: size, isReplay: isReplay).body)
  }
}

extension DashboardState {
  /// Closes what lies on top: the help, then what the page has open, then the page.
  mutating func close() {
    if help.isShown {
      help.isShown = false
    } else if !PageView.of(page).close(&self) {
      page = .overview
    }
  }

  mutating func toggleHelp() {
    help.isShown.toggle()
    help.scroll = 0
  }

  /// Scrolls what is in front: the help, or what the page scrolls.
  mutating func scroll(by lines: Int) {
    if help.isShown {
      help.scroll = max(0, help.scroll + lines)
    } else {
      PageView.of(page).scroll(&self, lines)
    }
  }
}
