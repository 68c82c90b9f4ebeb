import ArgumentParser
import RunLog

/// What every command that reads logs takes.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Dialect of the log, which is told from its content by default; of a directory, only logs of this dialect are "
        + "read.", valueName: "name"))
  var dialect: Dialect?
}

extension Dialect: ExpressibleByArgument {}
