internal import CellCanvas

/// Sizes in powers of ten.
enum DataSizeText {
  static func short(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(bytes) B" : "\(NumberText.short(value)) \(units[unit])"
  }
}
