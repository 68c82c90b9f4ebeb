/// The names that only the dashboard knows.
package struct SettingsVocabulary: Sendable {
  /// What `view` may be.
  package var views: [String]
  /// Actions that may be given keys.
  package var actions: [String]

  /// What is wrong with the text of a budget; `nil` for nothing.
  package var complaintAboutBudget: @Sendable (String) -> String?

  package init(
    views: [String], actions: [String], complaintAboutBudget: @escaping @Sendable (String) -> String?
  ) {
    self.views = views
    self.actions = actions
    self.complaintAboutBudget = complaintAboutBudget
  }
}
