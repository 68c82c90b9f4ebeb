import Testing

@testable import CellCanvas

struct ClockTextTests {
  @Test(
    arguments: [
      (0, 60, 3600, "00:00"), (1_760_000_000, 1, 3600, "08:53:20"), (1_760_000_000, 900, 7200, "08:53"),
      (1_760_000_000, 21_600, 172_800, "10-09 08:53"), (1_760_000_000, 86_400, 864_000, "10-09"),
      (1_760_000_000, 86_400, 40_000_000, "2025-10-09"), (951_782_400, 86_400, 864_000, "02-29"),
      (-1, 1, 60, "23:59:59"), (-86_400, 86_400, 40_000_000, "1969-12-31"),
      (1_735_603_200, 86_400, 0, "12-31"),
    ] as [(Double, Double, Double, String)])
  func `Moments as the calendar and the clock of UTC say them`(
    seconds: Double, step: Double, length: Double, text: String
  ) {
    #expect(ClockText.text(seconds, ClockText.Precision(step: step, length: length, decimals: 0)) == text)
  }

  @Test func `An axis of an hour has ticks at round times`() {
    let ticks = Ticks.horizontal(1_760_000_000...1_760_003_600, kind: .clock, columns: 60)
    #expect(ticks.map(\.label) == ["09:00", "09:10", "09:20", "09:30", "09:40", "09:50"])
  }

  @Test func `Fractions of a second are told apart`() {
    let ticks = Ticks.horizontal(1000...1000.5, kind: .clock, columns: 60)
    #expect(ticks.first?.label == "00:16:40.0")
    #expect(Set(ticks.map(\.label)).count == ticks.count)
  }
}
