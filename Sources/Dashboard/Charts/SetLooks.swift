internal import CellCanvas
internal import RunModel

/// The colour of a curve and the mark that tells it apart without one.
struct CurveLook: Hashable {
  var style: Style
  var mark: Character

  /// The same for every curve of a set, or of a run, wherever it is drawn.
  init(_ index: Int, glyphs: GlyphSet) { self.init(color: index, mark: index, glyphs: glyphs) }

  init(color: Int, mark: Int, glyphs: GlyphSet) {
    style = .series(color)
    self.mark = glyphs.marks.series[mark % glyphs.marks.series.count]
  }
}

/// One colour and one mark for each set of a run, the same in every panel and on every page: retention sets first.
struct SetLooks {
  private let places: [String: Int]

  init(_ run: RunModel) {
    var kinds: [String: SetKind] = [:]
    func note(_ set: String?, _ kind: @autoclosure () -> SetKind) {
      if let set, kinds[set] == nil { kinds[set] = kind() }
    }
    for probe in Array(run.divergences.keys) + Array(run.estimates.keys) {
      note(Self.set(of: probe), probe.set.map { run.setKind(ofSet: $0) } ?? .unknown)
    }
    for role in [MetricRole.accuracy, .evaluationLoss, .evaluationKL] {
      for id in run.series(role: role) {
        let name = run.series[id].name
        note(Self.set(ofKey: name), run.setKind(of: MetricKey(name)))
      }
    }
    let order = kinds.sorted { (Self.rank($0.value), $0.key) < (Self.rank($1.value), $1.key) }
    places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element.key, $0.offset) })
  }

  private static func rank(_ kind: SetKind) -> Int {
    switch kind {
    case .retention: 0
    case .unknown: 1
    case .new: 2
    }
  }

  /// The set that a key is about, in lower case; `nil` where it names none.
  static func set(ofKey key: String) -> String? {
    let words = MetricKey(key).setWords
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// The same of what logits are about.
  static func set(of probe: ProbeKey) -> String? {
    probe.set.map { set(ofKey: "eval/" + $0) ?? $0.lowercased() }
  }

  /// The look of a set; `nil` for what is about none.
  func look(ofSet set: String?, glyphs: GlyphSet) -> CurveLook? {
    set.flatMap { places[$0] }.map { CurveLook($0, glyphs: glyphs) }
  }

  /// The looks of the curves of one chart by their sets: a second curve of a set has its colour and another mark, and
  /// what is about no set has a colour that no set has.
  func looks(ofSets sets: [String?], glyphs: GlyphSet) -> [CurveLook] {
    var used: Set<String> = []
    var next = places.count
    return sets.map { set in
      guard let set, let place = places[set] else {
        defer { next += 1 }
        return CurveLook(next, glyphs: glyphs)
      }
      if used.insert(set).inserted { return CurveLook(place, glyphs: glyphs) }
      defer { next += 1 }
      return CurveLook(color: place, mark: next, glyphs: glyphs)
    }
  }
}
