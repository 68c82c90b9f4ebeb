internal import CellCanvas

/// Where the list of samples and the sample under its cursor go: no part of the page stays empty; arithmetic only.
struct SamplesLayout: Hashable {
  var list: CellRect
  /// `nil` where there is no room.
  var preview: CellRect?

  /// A preview with less rows says too little.
  private static let leastPreview = 10
  /// Heading, border.
  private static let frame = 3
  /// Both stand beside each other from this width on.
  private static let beside = 180
  /// A page this high gives a long list three fifths.
  private static let high = 44

  /// - Parameter samples: lines that the list would like to have.
  init(body: CellRect, samples: Int) {
    list = body
    let wanted = samples + Self.frame
    if samples > 0, body.rows - wanted >= Self.leastPreview {
      split(body, at: wanted)
    } else if samples > 0, body.columns >= Self.beside {
      let columns = body.columns * 5 / 9
      list = CellRect(x: body.x, y: body.y, columns: columns, rows: body.rows)
      preview = CellRect(x: list.maxX, y: body.y, columns: body.columns - columns, rows: body.rows)
    } else if samples > 0, body.rows >= Self.high {
      split(body, at: body.rows * 3 / 5)
    }
  }

  private mutating func split(_ body: CellRect, at rows: Int) {
    list = CellRect(x: body.x, y: body.y, columns: body.columns, rows: rows)
    preview = CellRect(x: body.x, y: list.maxY, columns: body.columns, rows: body.rows - rows)
  }
}
