/// Text that says the same in fewer columns where there are fewer.
struct FlexibleText: Sendable {
  /// From the longest to the shortest; the last may be empty.
  var variants: [[TextRun]]

  init(_ variants: [[TextRun]]) { self.variants = variants }

  /// Which of several texts is shortened next; among equals the last one.
  enum GivingWay {
    /// The widest.
    case widest
    /// The one that was shortened least, so that all say about as much.
    case leastShortened
  }

  /// The texts beside each other with `gap` columns between them, as long as they fit into `columns`.
  ///
  /// What does not fit even in its shortest form is left out from the end; the first text alone is cut by whoever draws
  /// it.
  static func line(
    _ texts: [FlexibleText], in columns: Int, gap: Int, givingWay: GivingWay = .widest
  ) -> [TextRun] {
    for count in stride(from: texts.count, to: 1, by: -1) {
      if let runs = fitting(texts.prefix(count), in: columns, gap: gap, givingWay: givingWay) { return runs }
    }
    guard let first = texts.first else { return [] }
    return fitting([first], in: columns, gap: gap) ?? first.variants.last ?? []
  }

  /// All texts beside each other, or `nil` where they do not fit into `columns` in their shortest form.
  static func fitting(
    _ texts: some Collection<FlexibleText>, in columns: Int, gap: Int, givingWay: GivingWay = .widest
  ) -> [TextRun]? {
    let texts = Array(texts)
    let widths = texts.map { $0.variants.map(\.columns) }
    var choice = Array(repeating: 0, count: texts.count)
    func width(_ index: Int) -> Int { widths[index].isEmpty ? 0 : widths[index][choice[index]] }
    func total() -> Int {
      let shown = texts.indices.map(width).filter { $0 > 0 }
      return shown.reduce(0, +) + gap * Swift.max(0, shown.count - 1)
    }
    while total() > columns {
      let shortenable = texts.indices.filter { choice[$0] + 1 < texts[$0].variants.count }
      let next = shortenable.reversed().max {
        switch givingWay {
        case .widest: width($0) < width($1)
        case .leastShortened: choice[$0] > choice[$1]
        }
      }
      guard let next else { return nil }
      choice[next] += 1
    }
    let space = TextRun(String(repeating: " ", count: gap))
    let shown = texts.indices.map { texts[$0].variants.isEmpty ? [] : texts[$0].variants[choice[$0]] }
    return Array(shown.filter { !$0.isEmpty }.joined(separator: [space]))
  }
}
