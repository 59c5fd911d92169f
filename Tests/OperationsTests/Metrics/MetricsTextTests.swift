import Operations
import Testing

struct MetricsTextTests {
  @Test func aFamilyHasItsHelpItsTypeAndItsSamples() {
    var metrics = MetricsText()
    metrics.counter("shop_orders_total", "Orders \\ taken.\nAll.", [([("type", "a\"b\\c\nd")], 3), ([], 1.5)])
    #expect(
      metrics.text == """
        # HELP shop_orders_total Orders \\\\ taken.\\nAll.
        # TYPE shop_orders_total counter
        shop_orders_total{type="a\\"b\\\\c\\nd"} 3
        shop_orders_total 1.5

        """)
  }

  @Test func bucketsAreAddedUp() {
    var metrics = MetricsText()
    metrics.histogram(
      "wait_seconds", "Waits.",
      [.init(labels: [("kind", "x")], bounds: [0.1, 1], counts: [2, 0, 1], sum: 4.25)])
    #expect(
      metrics.text.split(separator: "\n").suffix(5) == [
        "wait_seconds_bucket{kind=\"x\",le=\"0.1\"} 2", "wait_seconds_bucket{kind=\"x\",le=\"1\"} 2",
        "wait_seconds_bucket{kind=\"x\",le=\"+Inf\"} 3", "wait_seconds_sum{kind=\"x\"} 4.25",
        "wait_seconds_count{kind=\"x\"} 3",
      ])
  }

  @Test func aFamilyWithoutSamplesIsNotWritten() {
    var metrics = MetricsText()
    metrics.gauge("nothing", "Nothing.", [])
    #expect(metrics.text.isEmpty)
  }

  @Test(arguments: [
    (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0, "0"), (-2, "-2"), (1e18, "1e+18"),
    (0.1, "0.1"),
  ])
  func numbersAreWrittenSoThatTheyAreReadAgain(value: Double, text: String) {
    var metrics = MetricsText()
    metrics.gauge("value", "A value.", [([], value)])
    #expect(metrics.text.hasSuffix("\nvalue \(text)\n"))
  }
}
