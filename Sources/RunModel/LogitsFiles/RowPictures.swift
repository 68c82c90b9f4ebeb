internal import Divergence
internal import LogitsFiles

/// Draws rows of files of logits, which are read a second time for it.
struct RowPictures {
  private let prompt: PromptComparison
  private let labels: RowLabels
  private let runs: [RowRun]
  private let tokens: [String]

  /// - Parameter tokens: text of each position, or of all rows, or none.
  init(_ prompt: PromptComparison, tokens: [String]) throws(LogitsFileProblem) {
    self.prompt = prompt
    self.tokens = tokens
    labels = try RowLabels(prompt)
    runs = prompt.runs
  }

  /// Pictures of rows, in their order.
  func pictures(ofRows rows: [Int]) throws(LogitsFileProblem) -> [RowPicture] {
    var pictures: [RowPicture] = []
    for row in rows {
      guard let run = runs.first(where: { $0.first <= row && row < $0.first + $0.count }) else { continue }
      pictures.append(try picture(run.piece(row - run.first..<row - run.first + 1)))
    }
    return pictures
  }

  private func picture(_ row: RowRun) throws(LogitsFileProblem) -> RowPicture {
    let pair = try OpenPair(prompt, run: row, threads: 1)
    var rooms = OpenPair.Rooms()
    let logits = try pair.numbers(row, &rooms)
    try pair.checkUnchanged()
    return RowPicture(
      policy: softmax(logits.policy.span), reference: softmax(logits.reference.span),
      target: labels.target(row.first),
      token: token(of: row.first), labels: [])
  }

  private func token(of row: Int) -> String? {
    let index = tokens.count == prompt.positions ? row % prompt.positions : row
    return tokens.indices.contains(index) ? tokens[index] : nil
  }
}
