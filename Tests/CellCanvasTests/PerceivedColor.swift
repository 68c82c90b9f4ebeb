import CellCanvas
import Foundation

/// How many of the three kinds of cones work, and which does not.
enum ColorVision: CaseIterable {
  case normal, protanopia, deuteranopia, tritanopia

  /// What linear red, green and blue look like; Machado, Oliveira and Fernandes 2009, severity 1.0
  /// (https://doi.org/10.1109/TVCG.2009.113).
  var matrix: [[Double]] {
    switch self {
    case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protanopia:
      [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    case .deuteranopia:
      [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    case .tritanopia:
      [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    }
  }
}

/// A colour as an eye sees it.
struct PerceivedColor {
  /// Linear red, green and blue.
  private let parts: [Double]

  init(_ color: RGB, by vision: ColorVision = .normal) {
    let linear = [color.red, color.green, color.blue].map { part in
      let part = Double(part) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    parts = vision.matrix.map { row in min(1, max(0, zip(row, linear).map(*).reduce(0, +))) }
  }

  /// WCAG 2.2, relative luminance.
  private var luminance: Double { zip([0.2126, 0.7152, 0.0722], parts).map(*).reduce(0, +) }

  /// WCAG 2.2, contrast ratio, 1 to 21.
  func contrast(to other: PerceivedColor) -> Double {
    let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  /// The distance in OKLab (https://bottosson.github.io/posts/oklab/); black and white are 1 apart.
  func distance(to other: PerceivedColor) -> Double {
    zip(oklab, other.oklab).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
  }

  private var oklab: [Double] {
    let cones = [
      [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ].map { row in cbrt(zip(row, parts).map(*).reduce(0, +)) }
    return [
      [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.8086757660],
    ].map { row in zip(row, cones).map(*).reduce(0, +) }
  }
}
