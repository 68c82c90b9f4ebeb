import ArgumentParser
import RunAnalysis

/// What a run may spend, for every command with a screen.
struct BudgetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A limit to watch: kl=0.1, kl/old=0.1, old/accuracy=0.9, old/accuracy=-5%, old/accuracy=-5pt or old/loss=+0.5; may be given several times.",
      valueName: "name=limit"),
    transform: BudgetOptions.budget)
  var budget: [Budget] = []

  private static func budget(_ text: String) throws -> Budget {
    do throws(BudgetError) {
      return try Budget(text)
    } catch {
      throw ValidationError(error.description)
    }
  }
}
