/// Paths as text: how their parts are joined and taken apart.
package enum PathText {
  /// The path that stands for standard input.
  package static let standardInput = "-"

  package static func joined(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  /// The directory that a path is in.
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// True where a path, taken from a directory unless it begins at the root, leads out of it; symbolic links are not
  /// followed.
  package static func leadsOutside(_ path: String, of directory: String) -> Bool {
    if path.hasPrefix("/") {
      let inside = directory == "." ? "" : directory.hasSuffix("/") ? directory : directory + "/"
      return !(directory.hasPrefix("/") ? path.hasPrefix(inside) : path.contains("/" + inside))
    }
    var depth = 0
    for part in path.split(separator: "/") where part != "." {
      depth += part == ".." ? -1 : 1
      if depth < 0 { return true }
    }
    return false
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
