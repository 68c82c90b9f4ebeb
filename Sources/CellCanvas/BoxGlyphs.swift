/// The pieces of borders and axes.
package struct BoxGlyphs: Sendable, Hashable {
  package let horizontal: Character
  package let vertical: Character
  package let topLeft: Character
  package let topRight: Character
  package let bottomLeft: Character
  package let bottomRight: Character
  /// ├, ┤, ┬, ┴ and ┼: named by where their arms point.
  package let teeRight: Character
  package let teeLeft: Character
  package let teeDown: Character
  package let teeUp: Character
  package let cross: Character
  /// A vertical line drawn through a chart without hiding it: crosshair and events.
  package let dashedVertical: Character

  static let lines = BoxGlyphs(
    horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘",
    teeRight: "├", teeLeft: "┤", teeDown: "┬", teeUp: "┴", cross: "┼", dashedVertical: "┊")

  static let ascii = BoxGlyphs(
    horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
    teeRight: "+", teeLeft: "+", teeDown: "+", teeUp: "+", cross: "+", dashedVertical: ":")
}
