internal import Curves
internal import Divergence
internal import LogitsFiles

/// Draws rows of files of logits, which are read a second time for it.
struct RowPictures {
  private let prompt: PromptComparison
  private let labels: RowLabels
  private let runs: [RowRange]
  private let tokens: [String]

  /// - Parameter tokens: text of each position, or of all rows, or none.
  init(_ prompt: PromptComparison, tokens: [String]) throws(LogitsFileProblem) {
    self.prompt = prompt
    self.tokens = tokens
    labels = try RowLabels(prompt)
    runs = prompt.runs
  }

  /// Pictures of rows, in the order of the rows.
  ///
  /// Each pair of files is opened once, however many of its rows are drawn.
  func pictures(ofRows rows: [Int]) throws(LogitsFileProblem) -> [TopProbabilities] {
    var pictures: [TopProbabilities?] = Array(repeating: nil, count: rows.count)
    var rest = placed(rows)[...]
    while let first = rest.first {
      let sameFiles = rest.prefix { $0.row.isOfSameFiles(as: first.row) }
      let pair = try RowPairReader(prompt, run: first.row, threads: 1)
      var rooms = RowPairReader.Rooms()
      for (place, row) in sameFiles { pictures[place] = try picture(row, of: pair, &rooms) }
      try pair.checkUnchanged()
      rest = rest.dropFirst(sameFiles.count)
    }
    return pictures.compactMap(\.self)
  }

  /// Where each row lies, the rows of one pair of files together.
  private func placed(_ rows: [Int]) -> [(place: Int, row: RowRange)] {
    rows.enumerated().compactMap { place, row in
      let after = runs.partitionPoint { $0.first <= row }
      guard after > 0, row < runs[after - 1].first + runs[after - 1].count else { return nil }
      let run = runs[after - 1]
      return (place, run.piece(row - run.first..<row - run.first + 1))
    }.sorted {
      ($0.row.policyPart, $0.row.referencePart, $0.place) < (
        $1.row.policyPart, $1.row.referencePart, $1.place
      )
    }
  }

  private func picture(
    _ row: RowRange, of pair: borrowing RowPairReader, _ rooms: inout RowPairReader.Rooms
  ) throws(LogitsFileProblem) -> TopProbabilities {
    let logits = try pair.numbers(row, &rooms)
    return TopProbabilities(
      policy: softmax(logits.policy.span), reference: softmax(logits.reference.span),
      target: labels.target(row.first),
      token: token(of: row.first), labels: [])
  }

  private func token(of row: Int) -> String? {
    let index = tokens.count == prompt.positions ? row % prompt.positions : row
    return tokens.indices.contains(index) ? tokens[index] : nil
  }
}
