internal import RunLog

/// What lies beside the logs of a run: what it was configured with, and what its training printed.
package struct RunSurroundings: Sendable, Hashable {
  package var configuration: [ConfigurationEntry] = []
  /// `nil` where no output of the training lies there.
  package var console: ConsoleTail?

  package init() {}
}

/// One key of a configuration, as it is written.
package struct ConfigurationEntry: Sendable, Hashable {
  package var key: String
  package var value: String
  /// Where it stands: `adapter_config.json`, `run record`, `the .wandb log`.
  package var source: String

  package init(key: String, value: String, source: String) {
    self.key = key
    self.value = value
    self.source = source
  }
}

/// The end of what a training printed.
package struct ConsoleTail: Sendable, Hashable {
  package var path: String
  package var lines: [String]
  /// True where more stands before them.
  package var isCut: Bool

  package init(path: String, lines: [String], isCut: Bool) {
    self.path = path
    self.lines = lines
    self.isCut = isCut
  }
}
