internal import CellCanvas
internal import RunModel

/// The page with the list of all samples, or with one of them.
extension PageView {
  static let samples = PageView(
    draw: { state, body, grid, context in
      if let view = InspectionView(state, in: body, glyphs: context.glyphs) {
        view.draw(of: &grid)
      } else if state.samples.isOpen {
        InspectionView.drawMissing(state, in: body, of: &grid, glyphs: context.glyphs)
      } else {
        SampleListView(state, in: body, glyphs: context.glyphs).draw(of: &grid)
      }
    },
    scroll: { $0.scrollSamples(by: $1) },
    close: { $0.closeSample() },
    click: { state, event, body in state.clickSamples(event, body: body) },
    limitScroll: { state, body in state.limitSamplesScroll(body: body) })
}

// MARK: - Input

extension DashboardState {
  /// Moves the cursor of the list, or the bars of the open sample.
  fileprivate mutating func scrollSamples(by lines: Int) {
    if samples.isOpen { samples.scroll = max(0, samples.scroll + lines) } else { moveSample(by: lines) }
  }

  /// Opens the sample under the cursor, or goes back to the list.
  mutating func toggleSample() {
    if samples.isOpen {
      samples.isOpen = false
    } else if let selected = sampleList.selected {
      sample.choose(selected.key)
      (samples.isOpen, samples.scroll) = (true, 0)
    }
  }

  /// Sorts by another column; the cursor goes to the top, where what one looks for is.
  mutating func sortSamples(by column: SampleColumn) {
    guard !samples.isOpen else { return }
    sample.sort(by: SampleOrder(column: column))
    samples.top = 0
  }

  mutating func reverseSamples() {
    guard !samples.isOpen else { return }
    sample.sort(by: sample.order.reversed)
    samples.top = 0
  }

  /// Goes to the evaluation before or after: of the open sample, else of any.
  mutating func moveEvaluation(by direction: Int) {
    let steps = inspectedSample.map { $0.evaluations.map(\.step) } ?? shown.evaluatedSteps
    let now = viewedStep
    let shown = steps.last { $0 <= now } ?? now
    let next = direction < 0 ? steps.last { $0 < shown } : steps.first { $0 > shown }
    if let next { showSamples(at: next == steps.last ? nil : next) }
  }

  /// Goes to the first (`direction` −1) or last sample of the list, or step of an open sample.
  mutating func moveToEnd(_ direction: Int) {
    guard samples.isOpen else { return moveSample(by: direction < 0 ? .min : .max) }
    let steps = inspectedSample.map { $0.evaluations.map(\.step) } ?? []
    showSamples(at: direction < 0 ? steps.first : nil)
  }

  /// Shows the page as of a step; `nil` is the last one.
  private mutating func showSamples(at step: Int?) {
    if isReplay { seek(to: step ?? steps.upperBound) } else { charts.cursor = step }
  }

  /// What was asked for in vain, the open sample, the past, the filter.
  fileprivate mutating func closeSample() -> Bool {
    if requestComplaint != nil {
      samples.request = nil
    } else if samples.isOpen {
      samples.isOpen = false
    } else if charts.cursor != nil {
      charts.cursor = nil
    } else if !sample.filter.isEmpty {
      sample.filter = SampleFilter()
    } else {
      return false
    }
    return true
  }

  mutating func askForSampleFilter() {
    guard !samples.isOpen else { return }
    let before = sample.filter
    prompt = Prompt(
      label: "filter", help: SampleFilter.help, text: before.text,
      changed: { $0.filterSamples(by: $1) }, accepted: { state, text, _ in state.filterSamples(by: text) },
      cancelled: { $0.sample.filter = before })
  }

  /// What is wrong with the text; a text that is no filter leaves the last one.
  private mutating func filterSamples(by text: String) -> String? {
    do throws(SampleFilter.Refusal) {
      sample.filter = try SampleFilter(text)
      return nil
    } catch {
      return error.reason
    }
  }

  fileprivate mutating func clickSamples(_ event: MouseEvent, body: CellRect) {
    switch event.kind {
    case .wheelUp: scrollSamples(by: -1)
    case .wheelDown: scrollSamples(by: 1)
    case .press, .doubleClick:
      if samples.isOpen { clickInspection(event, body: body) } else { clickList(event, body: body) }
    case .release: break
    }
  }

  private mutating func clickInspection(_ event: MouseEvent, body: CellRect) {
    guard let view = InspectionView(self, in: body, glyphs: .braille),
      let row = view.row(atX: event.x, y: event.y)
    else { return }
    (sample.row, samples.scroll) = (row, 0)
  }

  private mutating func clickList(_ event: MouseEvent, body: CellRect) {
    switch SampleListView(self, in: body, glyphs: .braille).target(atX: event.x, y: event.y) {
    case .heading(let column) where event.kind == .press:
      if column == sample.order.column { reverseSamples() } else { sortSamples(by: column) }
    case .sample(let key):
      if key != sample.key { sample.choose(key) }
      if event.kind == .doubleClick { toggleSample() }
    case .heading, nil: break
    }
  }

  fileprivate mutating func limitSamplesScroll(body: CellRect) {
    if samples.isOpen {
      guard samples.scroll > 0 else { return }
      samples.scroll = min(samples.scroll, InspectionView(self, in: body, glyphs: .braille)?.mostScroll ?? 0)
    } else {
      samples.top = sampleList.top(
        samples.top, rows: SampleListView.rows(in: body, samples: sampleList.states.count))
    }
  }
}
