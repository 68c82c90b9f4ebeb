import ArgumentParser
import CellCanvas
import LogitsFiles
import Reports
import RunModel
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct KlCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kl", abstract: "Compute the divergence between the logits of two models from files.",
    discussion: """
      Files are .safetensors with tensors logits and ref_logits (or NAME.policy_logits and NAME.ref_logits for each \
      prompt), .npy arrays of one model each, or, as the reference, what llama.cpp's perplexity tool writes with \
      --kl-divergence-base. Of directories the files are matched by their steps.
      """)

  @Argument(
    help: "Logits of the tuned model, or of both models: a file, or a directory of files named by step.",
    completion: .file())
  var policy: String

  @Argument(
    help: "Logits of the model it started as, where the policy's files do not have them.", completion: .file()
  )
  var reference: String?

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  @Option(help: "Unit of divergences, entropies and negative log-likelihoods: nats or bits.")
  var unit = DivergenceUnit.nats

  @Flag(help: "The first axis of the logits is the step.")
  var stack = false

  @Option(
    help: ArgumentHelp(
      "Names the steps of the first axis, an .npy file; implies --stack.", valueName: "file"),
    completion: .file(extensions: ["npy"]))
  var steps: String?

  @Option(
    help: ArgumentHelp("Samples to list, the most divergent first; all in JSON by default.", valueName: "n"))
  var top: Int?

  @Flag(help: "Compare the entries that both vocabularies have, where one is padded.")
  var vocabularyPrefix = false

  @Option(help: ArgumentHelp("Threads to compute on; by default one for each core.", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Keep every row in a file as well, which kltop merge puts together with others.", valueName: "file"),
    completion: .file())
  var partial: String?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    if let top, top < 0 { throw ValidationError("--top must not be negative.") }
  }

  func run() throws {
    var part = partial.map { _ in PartialReport() }
    let report = try measured(keepingRowsIn: &part).converted(to: unit)
    if let partial, let part { try WholeFile.write(part.json(), to: partial) }
    try report.say(as: format, top: top)
  }

  private func measured(keepingRowsIn part: inout PartialReport?) throws -> LogitsReport {
    var options = LogitsOptions()
    options.isStack = stack
    options.stepsFile = steps
    options.comparesCommonVocabulary = vocabularyPrefix
    options.threads = threads
    var line = ProgressLine()
    defer { line.clear() }
    do throws(LogitsFileProblem) {
      return try LogitsReport(
        policy: policy, reference: reference, options: options, keepingRowsIn: &part
      ) { line.show($0) }
    } catch {
      line.clear()
      StandardError.say(error.description)
      throw error.kind == .missing ? ExitStatus.noInput : ExitStatus.unusableData
    }
  }
}

extension LogitsReport {
  /// Samples that are listed for people.
  private static let listedSamples = 5

  /// Prints it, and says on standard error what was left out.
  ///
  /// - Parameter top: samples that are listed; nil for all in JSON and a few for people.
  func say(as format: OutputFormat, top: Int?) throws {
    for file in ignored { StandardError.say("\(file.path): ignored: \(file.reason)") }
    switch format {
    case .json:
      var report = self
      if let top { report.keepSamples(top) }
      try StandardOutput.say(encoded: report.json())
    case .text:
      let text = LogitsReportText.text(of: self, top: top ?? Self.listedSamples) {
        DisplayWidth.of(Printable.text($0))
      }
      try StandardOutput.say(Printable.lines(text))
    }
  }
}

/// A file that is there whole or not at all.
enum WholeFile {
  /// Writes a file aside and gives it its name.
  static func write(_ text: String, to path: String) throws(ExitCode) {
    let aside = path + ".part"
    do {
      let file = try FileDescriptor.open(
        FilePath(aside), .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(text.utf8) }
      guard rename(aside, path) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      unlink(aside)
      StandardError.say("\(path): \(error)")
      throw ExitStatus.outputFailed
    }
  }
}

extension DivergenceUnit: ExpressibleByArgument {}
