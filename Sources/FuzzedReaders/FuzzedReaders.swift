internal import FileAccess
internal import LogitsFiles
internal import RunLog

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Gives one input of libFuzzer to the reader that `KLTOP_FUZZ` names; `.ci/fuzz` links it into a program.
///
/// Every input must come to an end without a trap: it is read, or refused with a reason.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeBufferPointer(start: start, count: count)
  switch FuzzedReader.chosen {
  case .log(let name): FuzzedLog.read(bytes, name: name)
  case .logits: FuzzedLogits.read(bytes)
  }
  return 0
}

/// What is given inputs.
enum FuzzedReader {
  /// A log of this name, which tells some dialects; where it is nil, the first byte of an input chooses one.
  case log(name: String?)
  /// A file of logits with this extension.
  case logits(extension: String)

  static let chosen: FuzzedReader = {
    let name = getenv("KLTOP_FUZZ").map { String(cString: $0) } ?? ""
    switch name {
    case "log": return .log(name: nil)
    case "safetensors", "npy": return .logits(extension: name)
    case _ where FuzzedLog.names.contains(name): return .log(name: name)
    default:
      let known = ["safetensors", "npy", "log"] + FuzzedLog.names
      print("KLTOP_FUZZ names the reader, one of \(known.joined(separator: ", "))")
      exit(64)
    }
  }()
}

/// Reads an input as a log. Its first byte chooses the name, the second how much of the rest is there at first.
enum FuzzedLog {
  static let names = [
    "metrics.jsonl", "trainer_state.json", "events.out.tfevents.1", "run.wandb", "metrics.csv", "train.log",
    "log.jsonl", "trainer_log.jsonl",
  ]
  /// No input is so long that reading it takes more batches.
  private static let mostBatches = 1000

  static func read(_ input: UnsafeBufferPointer<UInt8>, name: String?) {
    guard input.count >= 2 else { return }
    let bytes = input.dropFirst(2)
    let cut = bytes.startIndex + bytes.count * Int(input[1]) / 255
    let file = GrowingFile(
      path: "/" + (name ?? names[Int(input[0]) % names.count]), Array(bytes[..<cut]))
    var follower = RunFollower(path: file.path, fileSystem: file)
    readToEnd(&follower)
    file.append(bytes[cut...])
    readToEnd(&follower)
  }

  private static func readToEnd(_ follower: inout RunFollower) {
    for _ in 0..<mostBatches where follower.nextBatch().status.source != .reading { return }
    preconditionFailure("the log never ends")
  }
}

/// Reads an input as a file of logits: every row and every number that its header tells of.
enum FuzzedLogits {
  private static let path: String = {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    guard case .logits(let suffix) = FuzzedReader.chosen else { return folder }
    return "\(folder)/kltop-fuzz-\(getpid()).\(suffix)"
  }()

  static func read(_ input: UnsafeBufferPointer<UInt8>) {
    write(input)
    defer { unlink(path) }
    do {
      try readAll(LogitsHeader(path: path), bytes: input.count)
    } catch {
      precondition(!error.reason.isEmpty, "a refusal has a reason")
    }
  }

  private static func write(_ input: UnsafeBufferPointer<UInt8>) {
    guard let file = fopen(path, "w") else { preconditionFailure("cannot write \(path)") }
    defer { fclose(file) }
    precondition(fwrite(input.baseAddress, 1, input.count, file) == input.count, "cannot write \(path)")
  }

  private static func readAll(_ header: LogitsHeader, bytes: Int) throws(LogitsFileProblem) {
    let mapped = try MappedLogits(header)
    var room = RowBuffer()
    for isReference in [false, true] {
      for prompt in header.prompts(asReference: isReference) {
        for source in [prompt.policy, prompt.reference].compactMap(\.self) where source.vocabulary > 0 {
          let rows = source.shape.dropLast().reduce(1, *)
          precondition(rows * source.vocabulary <= 2 * bytes, "no more numbers than the file has room for")
          mapped.withRows(0..<rows, of: source, vocabulary: source.vocabulary, room: &room) { span in
            for index in 0..<rows * source.vocabulary { _ = source.type.number(in: span, at: index) }
          }
        }
        for tensor in [prompt.mask, prompt.targets, prompt.tokens].compactMap(\.self) {
          precondition(mapped.numbers(of: tensor).count == tensor.count, "every number is read")
        }
      }
    }
    if let steps = header.stepsTensor {
      precondition(mapped.numbers(of: steps).count == steps.count, "every step is read")
    }
    try mapped.checkUnchanged()
  }
}
