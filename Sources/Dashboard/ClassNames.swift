internal import CellCanvas

/// Names of classes: of the record, else of the run, else the index.
struct ClassNames {
  var classes: [String]
  var labels: [String]
  var glyphs: GlyphSet

  func text(_ index: Int) -> String {
    let name =
      labels.indices.contains(index) ? labels[index] : classes.indices.contains(index) ? classes[index] : nil
    return name.map { Printable.text($0, glyphs: glyphs) } ?? "\(index)"
  }
}
