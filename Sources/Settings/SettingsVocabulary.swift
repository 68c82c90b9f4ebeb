/// The names that only the dashboard knows.
package struct SettingsVocabulary: Sendable {
  /// What `view` may be.
  package var views: [String]
  /// Actions that may be given keys.
  package var actions: [String]

  package init(views: [String], actions: [String]) {
    self.views = views
    self.actions = actions
  }
}
