internal import CellCanvas
internal import RunModel

/// Probability bars of base and tuned model, a row for each class.
struct ProbabilityTable {
  var picture: TopProbabilities
  var row: RowEvidence
  var classes: [String]
  var scroll: Int
  /// Every entry has a line, not only those that matter.
  var showsAll = false
  var glyphs: GlyphSet

  /// Lines below the heading.
  var count: Int { listed.count + (rest == nil ? 0 : 1) }

  /// Of a long vocabulary an entry below 1 % in both models is one of the others, unless it is the target or a model's
  /// likeliest.
  private var listed: [TopProbabilities.Entry] {
    guard !showsAll, picture.vocabulary > Self.smallVocabulary else { return picture.entries }
    return picture.entries.filter { entry in
      !(max(entry.reference, entry.policy) < Self.leastProbability) || entry.index == picture.target
        || entry.index == row.referenceTop || entry.index == row.policyTop
    }
  }

  /// The probability of everything that has no line.
  private var rest: TopProbabilities.Entry? {
    let listed = listed
    guard listed.count < picture.entries.count else { return picture.rest }
    let names = Set(listed.map(\.index))
    let folded = picture.entries.filter { !names.contains($0.index) }
    return TopProbabilities.Entry(
      index: -1, reference: (picture.rest?.reference ?? 0) + folded.reduce(0) { $0 + $1.reference },
      policy: (picture.rest?.policy ?? 0) + folded.reduce(0) { $0 + $1.policy })
  }

  private static let leastProbability = 0.01
  private static let smallVocabulary = 64

  func draw(in rect: CellRect, of grid: inout CellGrid) {
    guard rect.rows >= 2, rect.columns >= 24 else { return }
    let most = max(Self.leastLabel, rect.columns / 4)
    let all = lines(labelColumns: most - 2)
    let longest = all.map { DisplayWidth.of($0.label) }.max() ?? 0
    // The longest label, the mark of the target before it and a blank behind.
    let columns = Columns(
      rect, label: min(max(Self.leastLabel, longest + 2), most),
      rank: all.map { DisplayWidth.of(rank($0)) }.max() ?? 0)
    drawHead(columns, y: rect.y, of: &grid)
    let room = rect.rows - 1
    let first = min(scroll, max(0, all.count - room))
    for (index, line) in Self.ordered(all, room: room)[first...].prefix(room).enumerated() {
      drawRow(line, columns, y: rect.y + 1 + index, of: &grid)
    }
  }

  /// Room for the heading.
  private static let leastLabel = 6

  /// Where the columns of the table stand.
  private struct Columns {
    var label: Int
    var labelWidth: Int
    var base: Int
    var tuned: Int
    var change: Int
    /// Places among all classes and the term of the divergence; `nil` where the bars need the room.
    var rank: Int?
    var rankWidth: Int
    var contribution: Int?
    /// Columns of a bar without its number.
    var bar: Int

    static let number = 5
    static let changeWidth = 5
    /// Between the bars and before the last column.
    static let gap = 2
    static let contributionWidth = 9
    /// Narrower tables have bars alone.
    private static let detailed = 66

    init(_ rect: CellRect, label labelWidth: Int, rank rankWidth: Int) {
      self.labelWidth = labelWidth
      self.rankWidth = rankWidth
      label = rect.x
      let isDetailed = rect.columns >= Self.detailed
      let details = isDetailed ? rankWidth + Self.contributionWidth + 2 * Self.gap : 0
      let rest = rect.columns - labelWidth - 2 * Self.gap - Self.changeWidth - details
      bar = max(1, rest / 2 - Self.number)
      base = rect.x + labelWidth
      tuned = base + bar + Self.number + Self.gap
      change = tuned + bar + Self.number + Self.gap
      guard isDetailed else { return }
      let rank = change + Self.changeWidth + Self.gap
      self.rank = rank
      contribution = rank + rankWidth + Self.gap
    }
  }

  private struct Line {
    var label: String
    var entry: TopProbabilities.Entry
    var isTarget: Bool
    /// Likeliest of the reference, of the policy.
    var isTop: (base: Bool, tuned: Bool)
    /// The term of D(policy‖reference), nats; nil where it cannot be told.
    var contribution: Double?
  }

  /// Every entry, then the rest of the vocabulary in one line.
  private func lines(labelColumns: Int) -> [Line] {
    let names = ClassNames(classes: classes, labels: picture.labels, glyphs: glyphs)
    let listed = listed
    let lines = listed.map { entry in
      Line(
        label: entry.text.map { ClassNames.visible($0, glyphs: glyphs) } ?? names.text(entry.index),
        entry: entry, isTarget: entry.index == picture.target,
        isTop: (entry.index == row.referenceTop, entry.index == row.policyTop),
        contribution: entry.contribution)
    }
    guard let rest else { return lines }
    let long = "\(picture.vocabulary - listed.count) other"
    let label = DisplayWidth.of(long) <= labelColumns ? long : "other"
    // What the others leave of the whole: the terms of a sum of entries are not those of the entries.
    // Of a row that is infinitely far apart, or not a number, nobody can tell.
    let told = listed.reduce(0) { $0 + $1.contribution }
    let others = row.policyReference.isFinite && told.isFinite ? row.policyReference - told : nil
    return lines + [
      Line(label: label, entry: rest, isTarget: false, isTop: (false, false), contribution: others)
    ]
  }

  /// The lines in their order, those that matter most among the first `room`: the likeliest of each model and the
  /// target.
  private static func ordered(_ lines: [Line], room: Int) -> [Line] {
    let pinned = lines.indices.filter { lines[$0].isTop.base || lines[$0].isTop.tuned || lines[$0].isTarget }
    let others = lines.indices.filter { !pinned.contains($0) }
    let first = (pinned + others.prefix(max(0, room - pinned.count))).sorted()
    return (first + others.dropFirst(max(0, room - pinned.count))).map { lines[$0] }
  }

  private func drawHead(_ columns: Columns, y: Int, of grid: inout CellGrid) {
    let first = picture.labels.isEmpty && classes.isEmpty && picture.vocabulary > 64 ? "token" : "class"
    grid.write(first, x: columns.label, y: y, style: .faint, maxColumns: columns.labelWidth)
    grid.write(
      "base", x: columns.base, y: y, style: Style(.reference), maxColumns: columns.bar + Columns.number)
    grid.write(
      "tuned", x: columns.tuned, y: y, style: Style(.policy), maxColumns: columns.bar + Columns.number)
    let change = DisplayWidth.pad("\(glyphs.marks.delta)p", to: Columns.changeWidth, alignment: .right)
    grid.write(change, x: columns.change, y: y, style: .faint)
    let titles = [
      (columns.rank, "rank", columns.rankWidth),
      (columns.contribution, glyphs.isASCII ? "p log p/q" : "p·log p/q", Columns.contributionWidth),
    ]
    for (x, title, width) in titles {
      if let x {
        grid.write(DisplayWidth.pad(title, to: width, alignment: .right), x: x, y: y, style: .faint)
      }
    }
  }

  private func drawRow(_ line: Line, _ columns: Columns, y: Int, of grid: inout CellGrid) {
    let mark = line.isTarget ? String(glyphs.marks.target) : " "
    let labelStyle = line.isTarget ? Style(.target, bold: true) : Style.text
    grid.write(mark, x: columns.label, y: y, style: Style(.target))
    grid.write(
      DisplayWidth.truncate(line.label, to: columns.labelWidth - 2, ellipsis: glyphs.marks.ellipsis),
      x: columns.label + 1, y: y, style: labelStyle)
    drawBar(
      line.entry.reference, .reference, isTop: line.isTop.base, x: columns.base, columns, y: y, of: &grid)
    drawBar(line.entry.policy, .policy, isTop: line.isTop.tuned, x: columns.tuned, columns, y: y, of: &grid)
    let change = ValueText.withMinus(NumberText.signed(line.entry.change, decimals: 2), glyphs: glyphs)
    grid.write(
      DisplayWidth.pad(change, to: Columns.changeWidth, alignment: .right), x: columns.change, y: y,
      style: abs(line.entry.change) < 0.005 ? .faint : .text)
    drawDetails(line, columns, y: y, of: &grid)
  }

  /// `1 → 4`, the place among all classes under each model; at least as wide as its heading.
  private func rank(_ line: Line) -> String {
    let (base, tuned) = (line.entry.referenceRank, line.entry.policyRank)
    guard line.entry.index >= 0, (base > 0 && tuned > 0) || picture.rankLimit != nil else { return "    " }
    return base == tuned && base > 0
      ? DisplayWidth.pad("\(base)", to: 4, alignment: .right)
      : "\(place(base)) \(glyphs.marks.right) \(place(tuned))"
  }

  /// A rank; `>8` beyond those that are known.
  private func place(_ rank: Int) -> String {
    rank > 0 ? "\(rank)" : picture.rankLimit.map { "> \($0)" } ?? ""
  }

  private func drawDetails(_ line: Line, _ columns: Columns, y: Int, of grid: inout CellGrid) {
    if let x = columns.rank {
      grid.write(
        DisplayWidth.pad(rank(line), to: columns.rankWidth, alignment: .right), x: x, y: y,
        style: line.entry.referenceRank == line.entry.policyRank ? .faint : .text)
    }
    if let x = columns.contribution {
      let text = line.contribution.map { contribution($0) } ?? (glyphs.isASCII ? "-" : "–")
      grid.write(DisplayWidth.pad(text, to: Columns.contributionWidth, alignment: .right), x: x, y: y)
    }
  }

  private func contribution(_ value: Double) -> String {
    let number = NumberText.signed(value, decimals: 3)
    return value.isFinite && number.count <= Columns.contributionWidth
      ? ValueText.withMinus(number, glyphs: glyphs)
      : ValueText.difference(value, columns: Columns.contributionWidth, glyphs: glyphs)
  }

  /// A bar, then its number; the likeliest class of a model is bold and underlined.
  private func drawBar(
    _ probability: Double, _ role: StyleRole, isTop: Bool, x: Int, _ columns: Columns, y: Int,
    of grid: inout CellGrid
  ) {
    HorizontalBar.draw(
      into: &grid, x: x, y: y, columns: columns.bar, fraction: probability, style: Style(role), glyphs: glyphs
    )
    let number = probability.isNaN ? "NaN" : NumberText.fixed(probability, decimals: 2)
    grid.write(
      DisplayWidth.pad(number, to: Columns.number, alignment: .right), x: x + columns.bar, y: y,
      style: isTop ? Style(.text, bold: true) : .faint)
    if isTop {
      grid.restyle(CellRect(x: x + columns.bar + 1, y: y, columns: Columns.number - 1, rows: 1)) {
        Style($0.role, bold: true, underlined: true)
      }
    }
  }
}
