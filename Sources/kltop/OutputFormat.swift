import ArgumentParser

/// Forms of a report.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}
