internal import FileAccess

/// Files of logits that a path names: the file itself, or those of a directory.
package struct LogitsListing: Sendable {
  /// By step, then by name with numbers in their order.
  package private(set) var files: [LogitsHeader] = []
  /// Files of the directory that look as if they held logits, and cannot be used.
  package private(set) var ignored: [LogitsFileProblem] = []
  /// A `steps.npy` beside the files.
  package private(set) var stepsFile: String?

  /// Extensions of the files that are taken from a directory.
  private static let extensions: Set<String> = ["safetensors", "npy"]
  private static let stepsName = "steps.npy"

  /// Reads the header of every file; throws where the path is a file that cannot be used, or holds none that can.
  package init(path: String) throws(LogitsFileProblem) {
    let disk = DiskFileSystem()
    guard try Self.kind(of: path, disk) == .directory else {
      let beside = PathText.joined(PathText.parent(of: path), Self.stepsName)
      if (try? disk.status(of: beside).kind) == .file { stepsFile = beside }
      files = [try LogitsHeader(path: path)]
      return
    }
    let directory = Self.logitsDirectory(in: path, disk)
    readDirectory(directory, names: try Self.entries(of: directory, disk))
    if files.isEmpty {
      throw ignored.first ?? LogitsFileProblem(path, "has no .safetensors or .npy files of logits")
    }
  }

  private static func kind(
    of path: String, _ disk: DiskFileSystem
  ) throws(LogitsFileProblem) -> FileStatus.Kind {
    do throws(FileProblem) { return try disk.status(of: path).kind } catch {
      throw LogitsFileProblem(path, error)
    }
  }

  private static func entries(
    of directory: String, _ disk: DiskFileSystem
  ) throws(LogitsFileProblem) -> [String] {
    do throws(FileProblem) { return try disk.entries(of: directory) } catch {
      throw LogitsFileProblem(directory, error)
    }
  }

  /// Of a run's directory its `logits`, unless there are files of logits beside it.
  private static func logitsDirectory(in path: String, _ disk: DiskFileSystem) -> String {
    let inner = PathText.joined(path, "logits")
    let names = (try? disk.entries(of: path)) ?? []
    let hasFiles = names.contains { extensions.contains(RefusedFormat.fileExtension(of: $0)) }
    return !hasFiles && (try? disk.status(of: inner).kind) == .directory ? inner : path
  }

  private mutating func readDirectory(_ directory: String, names: [String]) {
    for name in Self.candidates(names) {
      let path = PathText.joined(directory, name)
      if name == Self.stepsName {
        stepsFile = path
        continue
      }
      do throws(LogitsFileProblem) {
        files.append(try LogitsHeader(path: path))
      } catch {
        ignored.append(error)
      }
    }
    files.sort { left, right in
      let (a, b) = (left.step ?? .min, right.step ?? .min)
      return a == b ? isBefore(left.path, right.path) : a < b
    }
    dropCopies()
  }

  private static func candidates(_ names: [String]) -> [String] {
    names.filter { name in
      let kind = RefusedFormat.fileExtension(of: name)
      return !name.hasPrefix(".") && (extensions.contains(kind) || RefusedFormat.extensions.contains(kind))
    }.sorted()
  }

  /// Of files that differ in the extension alone the safetensors is kept.
  private mutating func dropCopies() {
    let preferred = Set(files.map(\.path).filter { $0.hasSuffix(".safetensors") })
    files.removeAll { file in
      guard file.path.hasSuffix(".npy"), preferred.contains(file.path.dropLast(4) + ".safetensors") else {
        return false
      }
      ignored.append(LogitsFileProblem(file.path, "the .safetensors file of the same name is used"))
      return true
    }
  }
}

/// Order of names in which 10 comes behind 9.
private func isBefore(_ left: String, _ right: String) -> Bool {
  let (a, b) = (NaturalKey(left), NaturalKey(right))
  return a.parts == b.parts ? left < right : a.parts.lexicographicallyPrecedes(b.parts)
}

/// A name cut into texts and numbers.
private struct NaturalKey {
  enum Part: Comparable {
    case number(Int)
    case text(String)
  }

  private(set) var parts: [Part] = []

  init(_ name: String) {
    var rest = Substring(name)
    while let first = rest.first {
      let isDigit = first.isASCII && first.isNumber
      let part = rest.prefix { ($0.isASCII && $0.isNumber) == isDigit }
      parts.append(isDigit ? Int(part).map { .number($0) } ?? .text(String(part)) : .text(String(part)))
      rest = rest[part.endIndex...]
    }
  }
}
