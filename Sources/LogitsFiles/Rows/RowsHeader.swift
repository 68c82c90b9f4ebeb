internal import FileAccess

/// What the header of a rows file says: which evaluation its rows are of, and where their columns lie.
package struct RowsHeader: Sendable {
  /// A sample within its set.
  package struct Sample: Sendable, Hashable, Comparable {
    package var set: String
    package var sample: String

    package init(set: String, sample: String) {
      self.set = set
      self.sample = sample
    }

    package static func < (left: Sample, right: Sample) -> Bool {
      (left.set, left.sample) < (right.set, right.sample)
    }
  }

  package let path: String
  package let step: Int
  /// How many entries of each model every row lists, at most V.
  package let k: Int
  /// V.
  package let vocabulary: Int
  /// S, in the order of their rows.
  package let samples: [Sample]
  /// R.
  package let rows: Int
  /// E.
  package let entries: Int
  package let shard: RowsShard
  /// The file beside it that holds what was asked; nil where it names none.
  package let probes: String?
  /// Everything else that the file says about itself.
  package let metadata: [String: String]

  let columns: [RowsColumn: StoredTensor]
  /// Which file it was.
  let status: FileStatus

  /// What `format` says of a file that is read.
  package static let format = "kltop-rows/1"
  private static let family = "kltop-rows/"
  private static let mostEntries = Int(Int32.max)

  /// Reads and checks the header of a file.
  ///
  /// - Throws: where it is no rows file, or its parts do not fit.
  package init(path: String) throws(LogitsFileProblem) {
    let file = try MappedFile(path)
    do throws(HeaderProblem) {
      try self.init(file)
    } catch {
      try file.checkUnchanged()
      throw LogitsFileProblem(path, error.reason, kind: error.kind)
    }
    try file.checkUnchanged()
  }

  init(_ file: borrowing MappedFile) throws(HeaderProblem) {
    let header = try SafetensorsHeader(of: file)
    let texts = RowsMetadata(header.metadata)
    let format = header.metadata["format"] ?? ""
    guard format == Self.format else {
      throw HeaderProblem(
        format.hasPrefix(Self.family)
          ? "its format is \(format), and \(Self.format) is read: take a newer kltop"
          : "is no rows file: its metadata lacks format \(Self.format)")
    }
    path = file.path
    status = file.status
    metadata = header.metadata
    step = try texts.integer("step")
    vocabulary = try texts.integer("vocabulary", 1...Self.mostEntries)
    k = try texts.integer("k", 0...vocabulary)
    samples = try texts.samples()
    shard = try RowsShard(texts)
    probes = header.metadata["probes"]
    columns = try Self.columns(of: header)
    rows = columns[.policyReference]?.count ?? 0
    entries = columns[.entryIDs]?.count ?? 0
    try checkExtents()
  }

  /// True where the file is one of rows, whatever else may be wrong with it.
  package static func isRows(path: String) -> Bool {
    guard let file = try? MappedFile(path), let header = try? SafetensorsHeader(of: file) else {
      return false
    }
    return header.metadata["format"]?.hasPrefix(family) == true
  }

  private static func columns(
    of header: SafetensorsHeader
  ) throws(HeaderProblem) -> [RowsColumn: StoredTensor] {
    let tensors = Dictionary(header.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var columns: [RowsColumn: StoredTensor] = [:]
    for column in RowsColumn.allCases {
      let name = column.name
      guard let tensor = tensors[name] else {
        if column.isOptional { continue }
        throw HeaderProblem(
          header.otherTypes[name].map { "\(name) is \($0)" } ?? "lacks the tensor \(name)")
      }
      guard column.types.contains(tensor.type) else {
        let types = column.types.map(\.rawValue).joined(separator: " or ")
        throw HeaderProblem("\(name) is \(tensor.type.rawValue), not \(types)")
      }
      guard tensor.shape.count == 1 else {
        throw HeaderProblem("\(name) is \(tensor.shape.written), not a list")
      }
      columns[column] = tensor
    }
    return columns
  }

  /// Every column has as many numbers as there are rows, entries, or edges between them.
  private func checkExtents() throws(HeaderProblem) {
    for (column, tensor) in columns {
      let expected =
        switch column.extent {
        case .row: rows
        case .entry: entries
        case .sampleEdge: samples.count + 1
        case .rowEdge: rows + 1
        }
      if tensor.count != expected {
        throw HeaderProblem(
          "\(column.name) has \(tensor.count) numbers, and \(rows) rows of \(samples.count) samples with "
            + "\(entries) entries need \(expected)")
      }
    }
    if columns[.policyEntries]?.type != columns[.referenceEntries]?.type {
      throw HeaderProblem("the entries of the two models are of different types")
    }
  }
}

/// Which part of an evaluation a rows file holds, and who wrote it.
package struct RowsShard: Sendable, Hashable {
  package var rank: Int
  package var worldSize: Int
  /// The same on all ranks of a launch.
  package var launch: String
  /// Counts the launches that wrote into the folder.
  package var generation: Int
  /// Counts the evaluations of a launch.
  package var sequence: Int
  /// Seconds since 1970; nil where the file does not say it.
  package var time: Double?

  package init(
    rank: Int, worldSize: Int, launch: String, generation: Int, sequence: Int, time: Double? = nil
  ) {
    self.rank = rank
    self.worldSize = worldSize
    self.launch = launch
    self.generation = generation
    self.sequence = sequence
    self.time = time
  }

  fileprivate init(_ texts: RowsMetadata) throws(HeaderProblem) {
    worldSize = try texts.integer("world_size", 1...(1 << 24), default: 1)
    rank = try texts.integer("rank", 0...worldSize - 1, default: 0)
    generation = try texts.integer("generation", default: 0)
    sequence = try texts.integer("sequence", default: 0)
    launch = texts.values["launch"] ?? ""
    time = texts.values["time"].flatMap { Double($0) }
  }
}

/// The texts in the header of a rows file.
private struct RowsMetadata {
  let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// A whole number, which has to be there where there is no default.
  func integer(
    _ key: String, _ range: ClosedRange<Int> = .min ... .max, default missing: Int? = nil
  ) throws(HeaderProblem) -> Int {
    guard let text = values[key] else {
      guard let missing else { throw HeaderProblem("its metadata lacks \(key)") }
      return missing
    }
    guard let number = Int(text) else {
      throw HeaderProblem("its metadata names a \(key) that is no integer")
    }
    guard range.contains(number) else {
      throw HeaderProblem(
        "its metadata says \(key) \(number), which is not within \(range.lowerBound)…\(range.upperBound)")
    }
    return number
  }

  func samples() throws(HeaderProblem) -> [RowsHeader.Sample] {
    guard let text = values["samples"] else { throw HeaderProblem("its metadata lacks samples") }
    return try RowsHeader.Sample.list(text)
  }
}

extension RowsHeader.Sample {
  /// The samples that a JSON array of pairs names.
  static func list(_ json: String) throws(HeaderProblem) -> [RowsHeader.Sample] {
    var scanner = ByteScanner(Array(json.utf8))
    var samples: [RowsHeader.Sample] = []
    try scanner.array { (scanner) throws(HeaderProblem) in
      var texts: [String] = []
      try scanner.array { (scanner) throws(HeaderProblem) in texts.append(try scanner.text()) }
      guard texts.count == 2 else {
        throw HeaderProblem("a sample in its metadata is no pair of set and name")
      }
      samples.append(RowsHeader.Sample(set: texts[0], sample: texts[1]))
    }
    if scanner.peek() != nil { throw scanner.unexpected() }
    return samples
  }
}
