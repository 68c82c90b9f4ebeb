package import FileAccess
internal import FoundationEssentials
internal import RunLog
package import RunModel

/// Reads what lies beside the logs of a run: files of its configuration, and the end of what its training printed.
package struct SurroundingFiles {
  private let memory: FileMemory

  /// Where trainers and trackers leave their settings, beside the log or in W&B's folder of files.
  private static let configurations = [
    "adapter_config.json", "hparams.yaml", "config.yaml", "files/config.yaml", ".hydra/config.yaml",
    "args.json", "training_args.json",
  ]
  /// Where mlflow keeps a parameter each.
  private static let parameterFolder = "params"
  private static let consoles = [
    "console.log", "output.log", "files/output.log", "nohup.out", "stdout.log", "train.log",
  ]
  /// A configuration that is larger is none.
  private static let mostConfigurationBytes = 1 << 20
  private static let mostParameters = 2000
  private static let mostParameterBytes = 8192
  private static let mostTailBytes = 64 << 10
  private static let mostLines = 500

  package init(in fileSystem: any LogFileSystem = DiskFileSystem()) { self.init(FileMemory(fileSystem)) }

  init(_ memory: FileMemory) { self.memory = memory }

  /// - Parameter path: of the run: a log or its directory.
  package func surroundings(of path: String) -> RunSurroundings {
    var result = RunSurroundings()
    guard path != PathText.standardInput else { return result }
    let isDirectory = (try? memory.fileSystem.status(of: path))?.kind == .directory
    let directory = isDirectory ? path : PathText.parent(of: path)
    for name in Self.configurations { result.configuration += entries(of: name, in: directory) }
    result.configuration += parameters(in: directory)
    result.console = console(in: directory)
    return result
  }

  /// How mlflow says in its file store that the run ended; `nil` while it runs, and of all other runs.
  func end(of path: String) -> TrainingEnd? {
    guard path != PathText.standardInput, let run = MlflowRun(path, in: memory.fileSystem) else { return nil }
    let pairs = memory.value(of: run.metaPath, most: Self.mostConfigurationBytes) {
      FlatYAML.pairs(String(decoding: $0, as: UTF8.self))
    }
    return pairs.flatMap {
      MlflowRun.end(meta: Dictionary($0.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
    }
  }

  // MARK: - Configuration

  private func entries(of name: String, in directory: String) -> [ConfigurationEntry] {
    let path = PathText.joined(directory, name)
    return memory.value(of: path, most: Self.mostConfigurationBytes) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let pairs = name.hasSuffix(".json") ? Self.json(text) : FlatYAML.pairs(text)
      return pairs.map { ConfigurationEntry(key: $0.key, value: $0.value, source: name) }
    } ?? []
  }

  private static func json(_ text: String) -> [(key: String, value: String)] {
    let decoder = JSONDecoder()
    // Python writes NaN.
    decoder.allowsJSON5 = true
    guard let value = try? decoder.decode(JSONValue.self, from: Data(text.utf8)) else { return [] }
    return value.flattened(under: "")
  }

  private func parameters(in directory: String) -> [ConfigurationEntry] {
    let folder = PathText.joined(directory, Self.parameterFolder)
    return memory.names(of: folder).sorted().prefix(Self.mostParameters).compactMap { name in
      memory.value(of: PathText.joined(folder, name), most: Self.mostParameterBytes) {
        ConfigurationEntry(
          key: name, value: String(decoding: $0, as: UTF8.self), source: "\(Self.parameterFolder)/")
      }
    }
  }

  // MARK: - Console

  private func console(in directory: String) -> ConsoleTail? {
    let slurm = memory.names(of: directory).filter { $0.hasPrefix("slurm-") && $0.hasSuffix(".out") }
    let files = (Self.consoles + slurm).compactMap { name -> (path: String, status: FileStatus)? in
      let path = PathText.joined(directory, name)
      guard let status = try? memory.fileSystem.status(of: path), status.kind == .file, status.size > 0 else {
        return nil
      }
      return (path, status)
    }
    // A training that was started again writes a new one.
    guard let newest = files.max(by: { $0.status.modified < $1.status.modified }) else { return nil }
    return memory.value(of: newest.path, kind: .file) { tail(of: newest.path, size: $0.size) }
  }

  private func tail(of path: String, size: Int) -> ConsoleTail? {
    let start = max(0, size - Self.mostTailBytes)
    guard let bytes = memory.bytes(of: path, from: start, count: size - start) else { return nil }
    var lines = Self.lines(bytes)
    // The first line of a tail is the end of one.
    if start > 0, lines.count > 1 { lines.removeFirst() }
    let isCut = start > 0 || lines.count > Self.mostLines
    return ConsoleTail(path: path, lines: Array(lines.suffix(Self.mostLines)), isCut: isCut)
  }

  /// Lines as a terminal would show them: of a progress bar that is written over and over the last state, and no escape
  /// sequences.
  static func lines(_ bytes: [UInt8]) -> [String] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      let parts = line.split(separator: UInt8(ascii: "\r"))
      return withoutEscapes(String(decoding: parts.last ?? [], as: UTF8.self))
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// A text without sequences such as `ESC[31m` and `ESC]0;title BEL`.
  private static func withoutEscapes(_ text: String) -> String {
    guard text.unicodeScalars.contains("\u{1b}") else { return text }
    var kept = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\u{1b}" else {
        kept.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "[":
        while let next = rest.popFirst(), !(0x40...0x7E).contains(next.value) {}
      case "]":
        while let next = rest.popFirst(), next != "\u{07}", next != "\u{1b}" {}
      default: break
      }
    }
    return String(kept)
  }
}

/// A value of JSON, of which the leaves count.
private indirect enum JSONValue: Decodable {
  case object([String: JSONValue])
  case list([JSONValue])
  case leaf(String)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .leaf("null")
    } else if let value = try? container.decode(Bool.self) {
      self = .leaf("\(value)")
    } else if let value = try? container.decode(Int.self) {
      self = .leaf("\(value)")
    } else if let value = try? container.decode(Double.self) {
      self = .leaf("\(value)")
    } else if let value = try? container.decode(String.self) {
      self = .leaf(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Every leaf with its keys joined by `/`; a list is one value.
  func flattened(under key: String) -> [(key: String, value: String)] {
    switch self {
    case .leaf(let text): return key.isEmpty ? [] : [(key, text)]
    case .list(let values): return key.isEmpty ? [] : [(key, values.map(\.text).joined(separator: ", "))]
    case .object(let members):
      return members.sorted { $0.key < $1.key }.flatMap { name, value in
        value.flattened(under: key.isEmpty ? name : "\(key)/\(name)")
      }
    }
  }

  private var text: String {
    switch self {
    case .leaf(let text): text
    case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ")
        + "}"
    }
  }
}

/// The YAML that trainers write: keys, nested by indentation, and lists.
enum FlatYAML {
  /// Every value with its keys joined by `/`; a list is one value. W&B's `value` below each key is left out.
  static func pairs(_ text: String) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    var parents: [(indent: Int, key: String)] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let body = line.drop { $0 == " " }
      guard let first = body.first, first != "#", body != "---" else { continue }
      let indent = line.count - body.count
      if body.hasPrefix("- ") || body == "-" {
        // A list may stand as deep as its key.
        guard let parent = parents.last(where: { $0.indent <= indent }) else { continue }
        add(unquoted(body.dropFirst(1)), under: path(parents, through: parent.indent), to: &pairs)
        continue
      }
      guard let colon = keyEnd(body) else { continue }
      parents.removeAll { $0.indent >= indent }
      let key = unquoted(body[..<colon])
      let value = unquoted(body[body.index(after: colon)...])
      parents.append((indent, key))
      let names = parents.map(\.key)
      guard !value.isEmpty, names.last != "desc", names.first != "_wandb" else { continue }
      pairs.append((shown(names), value))
    }
    return pairs
  }

  private static func path(_ parents: [(indent: Int, key: String)], through indent: Int) -> String {
    shown(parents.filter { $0.indent <= indent }.map(\.key))
  }

  private static func shown(_ names: [String]) -> String {
    (names.count > 1 && names.last == "value" ? names.dropLast() : names[...]).joined(separator: "/")
  }

  private static func add(
    _ item: String, under key: String, to pairs: inout [(key: String, value: String)]
  ) {
    if let last = pairs.last, last.key == key {
      pairs[pairs.count - 1].value += ", " + item
    } else {
      pairs.append((key, item))
    }
  }

  /// A colon with a blank or nothing behind it, outside of quotes.
  private static func keyEnd(_ text: Substring) -> Substring.Index? {
    var quote: Character?
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      let next = text.index(after: index)
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == ":", next == text.endIndex || text[next] == " " {
        return index
      }
      index = next
    }
    return nil
  }

  private static func unquoted(_ text: Substring) -> String {
    let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    let value = String(trimmed)
    guard value.count > 1, let first = value.first, first == "\"" || first == "'", value.last == first else {
      return value
    }
    return String(value.dropFirst().dropLast())
  }
}
