/// How files of logits are to be compared.
package struct LogitsOptions: Sendable {
  /// The first axis is the step.
  package var isStack = false
  /// An `.npy` file that names the steps of the first axis.
  package var stepsFile: String?
  /// Vocabularies of different sizes are compared over the entries that both have.
  package var comparesCommonVocabulary = false
  /// At most so many threads; nil for one a core.
  package var threads: Int?

  package init() {}
}
