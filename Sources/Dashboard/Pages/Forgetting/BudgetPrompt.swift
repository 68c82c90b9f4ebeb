internal import CellCanvas
internal import RunAnalysis
internal import RunFeed

/// Limits that are set while runs are watched.
extension DashboardState {
  /// Asks for what the runs may spend; nothing takes all limits away.
  mutating func askForBudgets() {
    prompt = Prompt(
      label: "budgets", help: "old/accuracy=-5pt, kl/old=0.5, …; nothing takes them away",
      text: runs.current.live.analysis.budgets.map(\.text).joined(separator: ", "),
      accepted: { state, text, _ in state.setBudgets(writtenAs: text) })
  }

  /// What is wrong with the text; `nil` where the limits were set.
  private mutating func setBudgets(writtenAs text: String) -> String? {
    var budgets: [Budget] = []
    for part in text.split(separator: ",") where part.contains(where: { $0 != " " }) {
      do throws(BudgetError) {
        let budget = try Budget(String(part.drop { $0 == " " }))
        let run = runs.current.live.model
        guard run.knows(budget) else { return run.complaint(about: budget) }
        budgets.append(budget)
      } catch {
        return "\(error)"
      }
    }
    runs.watch(budgets)
    return nil
  }
}
