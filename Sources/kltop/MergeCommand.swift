import ArgumentParser
import CellCanvas
import FileAccess
import Reports
import RunModel

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put partial results of kltop kl together: the exact report of all their rows.",
    discussion: """
      kltop kl --partial FILE keeps the rows of a part of an evaluation: of some files, some steps, or one machine. The \
      report of all parts is the same however the rows were split. Samples without names are numbered in the order in \
      which the parts are named.
      """)

  @Argument(help: "Files that kltop kl --partial wrote.", completion: .file())
  var files: [String]

  @Option(help: "Output for people or for programs.")
  var format = OutputFormat.text

  @Option(help: "Unit of divergences, entropies and negative log-likelihoods: nats or bits.")
  var unit = DivergenceUnit.nats

  @Option(
    help: ArgumentHelp("Samples to list, the most divergent first; all in JSON by default.", valueName: "n"))
  var top: Int?

  func validate() throws {
    if let top, top < 0 { throw ValidationError("--top must not be negative.") }
  }

  func run() throws {
    var parts: [PartialReport] = []
    for file in files { parts.append(try part(file)) }
    let report: LogitsReport
    do throws(PartialReport.Problem) {
      report = try LogitsReport(merging: parts)
    } catch {
      StandardError.say("\(files.joined(separator: " ")): \(error.description)")
      throw ExitStatus.unusableData
    }
    try report.converted(to: unit).say(as: format, top: top)
  }

  private func part(_ path: String) throws(ExitCode) -> PartialReport {
    do {
      return try PartialReport(json: DiskFileSystem().contents(of: path))
    } catch FileProblem.missing {
      StandardError.say("\(path): no such file")
      throw ExitStatus.noInput
    } catch FileProblem.unreadable(let reason) {
      StandardError.say("\(path): \(reason)")
      throw ExitStatus.unusableData
    } catch {
      StandardError.say("\(path): \(error)")
      throw ExitStatus.unusableData
    }
  }
}
