internal import Curves
internal import RunModel

/// The keys of the metrics page as they lie below each other: headings, and rows of several keys.
struct MetricsList {
  enum Line: Hashable {
    case heading(name: String, count: Int, isCollapsed: Bool)
    case metrics([SeriesID])

    var count: Int {
      switch self {
      case .heading: 1
      case .metrics(let ids): ids.count
      }
    }
  }

  private(set) var lines: [Line] = []
  /// Keys that fit the filter, and all there are.
  private(set) var shownCount = 0
  private(set) var totalCount = 0
  private let run: RunModel

  /// - Parameter across: keys beside each other.
  init(_ state: DashboardState, across: Int) {
    run = state.shown
    let browser = state.metrics
    let all = run.series.indices.filter { run.series[$0].count > 0 }
    let ids = Dictionary(all.map { (run.series[$0].name, $0) }) { first, _ in first }
    let names = browser.shown(all.map { run.series[$0].name })
    (totalCount, shownCount) = (all.count, names.count)
    let changes = browser.order == .change ? Self.changes(state, names.compactMap { ids[$0] }) : [:]
    func precedes(_ left: String, _ right: String) -> Bool {
      let (mine, other) = (ids[left].flatMap { changes[$0] } ?? 0, ids[right].flatMap { changes[$0] } ?? 0)
      return mine == other ? left < right : mine > other
    }
    let pinned = browser.pinned.filter { names.contains($0) }
    let rest = names.filter { !browser.pinned.contains($0) }.sorted(by: precedes)
    add(pinned, as: Self.pinnedHeading, ids: ids, collapsed: browser.collapsed, across: across)
    var groups: [(name: String, names: [String])] = []
    var places: [String: Int] = [:]
    for name in rest {
      let group = Self.group(of: name)
      if let place = places[group] {
        groups[place].names.append(name)
      } else {
        places[group] = groups.count
        groups.append((group, [name]))
      }
    }
    if browser.order == .name {
      groups.sort { $0.name == Self.ungrouped || ($1.name != Self.ungrouped && $0.name < $1.name) }
    }
    for group in groups {
      add(group.names, as: group.name, ids: ids, collapsed: browser.collapsed, across: across)
    }
  }

  static let pinnedHeading = "pinned"

  /// What stands before the first slash; keys without one are together.
  static func group(of name: String) -> String {
    name.firstIndex(of: "/").map { String(name[...$0]) } ?? ungrouped
  }

  private static let ungrouped = "without prefix"

  private mutating func add(
    _ names: [String], as heading: String, ids: [String: SeriesID], collapsed: Set<String>, across: Int
  ) {
    guard !names.isEmpty else { return }
    let isCollapsed = collapsed.contains(heading)
    lines.append(.heading(name: heading, count: names.count, isCollapsed: isCollapsed))
    guard !isCollapsed else { return }
    let found = names.compactMap { ids[$0] }
    for start in stride(from: 0, to: found.count, by: max(1, across)) {
      lines.append(.metrics(Array(found[start..<min(start + max(1, across), found.count)])))
    }
  }

  /// How far each key moved over the last tenth of the steps, as a share of all it ever moved.
  private static func changes(_ state: DashboardState, _ ids: [SeriesID]) -> [SeriesID: Double] {
    let run = state.shown
    let now = state.viewedStep
    let before = Int(nearest: Double(now) - state.steps.span / 10)
    return Dictionary(
      uniqueKeysWithValues: ids.map { id in
        let points = CurvePoints(run.series[id].current, rows: run.rows)
        let extent = points.branch.extent(of: 0..<points.branch.count)
        let (last, earlier) = (points.value(at: now) ?? .nan, points.value(at: before) ?? .nan)
        let change = abs(last - earlier) / (extent.maximum - extent.minimum)
        return (id, change.isFinite ? change : 0)
      })
  }
}

// MARK: - Selection

extension MetricsList {
  /// Line and place of the selection; of the first key where nothing is selected or what was is gone.
  func place(of selection: MetricsBrowser.Selection?) -> (line: Int, place: Int)? {
    if let selection {
      for (index, line) in lines.enumerated() {
        switch (line, selection) {
        case (.heading(let name, _, _), .heading(let selected)) where name == selected: return (index, 0)
        case (.metrics(let ids), .metric(let selected)):
          if let place = ids.firstIndex(where: { run.series[$0].name == selected }) { return (index, place) }
        default: continue
        }
      }
    }
    let first = lines.firstIndex { if case .metrics = $0 { true } else { false } }
    return (first ?? lines.indices.first).map { ($0, 0) }
  }

  func selection(line: Int, place: Int) -> MetricsBrowser.Selection? {
    guard lines.indices.contains(line) else { return nil }
    switch lines[line] {
    case .heading(let name, _, _): return .heading(name)
    case .metrics(let ids): return .metric(run.series[ids[min(max(0, place), ids.count - 1)]].name)
    }
  }

  /// The selection so many lines below, in about the same column.
  func moved(_ selection: MetricsBrowser.Selection?, down lines: Int) -> MetricsBrowser.Selection? {
    guard let (line, place) = place(of: selection) else { return nil }
    return self.selection(line: min(max(0, line + lines), self.lines.count - 1), place: place)
  }

  /// The next or previous item in the order of reading.
  func moved(_ selection: MetricsBrowser.Selection?, across items: Int) -> MetricsBrowser.Selection? {
    guard let (line, place) = place(of: selection) else { return nil }
    let target = place + items
    if target >= 0, target < lines[line].count { return self.selection(line: line, place: target) }
    let next = line + (items < 0 ? -1 : 1)
    guard lines.indices.contains(next) else { return self.selection(line: line, place: place) }
    return self.selection(line: next, place: items < 0 ? lines[next].count - 1 : 0)
  }

  /// The key that is selected; `nil` on a heading.
  func series(of selection: MetricsBrowser.Selection?) -> SeriesID? {
    guard let (line, place) = place(of: selection), case .metrics(let ids) = lines[line] else { return nil }
    return ids[place]
  }

  /// The heading that the selection is or stands below.
  func heading(of selection: MetricsBrowser.Selection?) -> String? {
    guard let (line, _) = place(of: selection) else { return nil }
    for index in stride(from: line, through: 0, by: -1) {
      if case .heading(let name, _, _) = lines[index] { return name }
    }
    return nil
  }
}
