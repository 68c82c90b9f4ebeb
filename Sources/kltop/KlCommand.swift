import ArgumentParser
import CellCanvas
import LogitsFiles
import Reports
import RunModel

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

  /// Samples that are listed for people.
  private static let listedSamples = 5

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    if let top, top < 0 { throw ValidationError("--top must not be negative.") }
  }

  func run() throws {
    var report = try measured().told(in: unit)
    for file in report.ignored { StandardError.say("\(file.path): ignored: \(file.reason)") }
    switch format {
    case .json:
      if let top { report.keepSamples(top) }
      try StandardOutput.say(report.json())
    case .text:
      let text = LogitsReportText.text(of: report, top: top ?? Self.listedSamples) {
        DisplayWidth.of(Printable.text($0))
      }
      try StandardOutput.say(PrintableText.lines(text))
    }
  }

  private func measured() throws -> LogitsReport {
    var options = LogitsOptions()
    options.isStack = stack
    options.stepsFile = steps
    options.comparesCommonVocabulary = vocabularyPrefix
    options.threads = threads
    var line = ProgressLine()
    defer { line.clear() }
    do throws(LogitsFileProblem) {
      return try LogitsReport(policy: policy, reference: reference, options: options) { line.show($0) }
    } catch {
      line.clear()
      StandardError.say(error.description)
      throw error.kind == .missing ? ExitStatus.noInput : ExitStatus.unusableData
    }
  }
}

extension DivergenceUnit: ExpressibleByArgument {}
