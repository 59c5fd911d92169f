/// What becomes of one order.
struct Story {
  /// A scan of the carrier.
  struct Step {
    let afterHours: Int64
    let status: String
    var substatus: String?
    /// Hours by which the carrier's estimate moves with this scan.
    var estimateShift: Int64?
  }

  var steps: [Step]
  var refundAfterHours: Int64?
  var isCancelled = false

  static let all: [Story] = [
    smooth, delayedByWeather, pickedUpAtTheLocker, missedTwice, smooth, returnedInPart, early, cancelled, smooth,
    customs, smooth, delivered(after: 30),
  ]

  private static let smooth = delivered(after: 52)

  private static func delivered(after hours: Int64) -> Story {
    Story(steps: [
      Step(afterHours: 6, status: "in_transit", substatus: "picked_up", estimateShift: 0),
      Step(afterHours: 14, status: "in_transit", substatus: "sorted"),
      Step(afterHours: hours - 6, status: "out_for_delivery"), Step(afterHours: hours, status: "delivered"),
    ])
  }

  private static let delayedByWeather = Story(steps: [
    Step(afterHours: 6, status: "in_transit", substatus: "picked_up", estimateShift: 0),
    Step(afterHours: 30, status: "exception", substatus: "weather_delay", estimateShift: 24),
    Step(afterHours: 36, status: "exception", substatus: "weather_delay"),
    Step(afterHours: 78, status: "out_for_delivery"), Step(afterHours: 82, status: "delivered"),
  ])

  private static let pickedUpAtTheLocker = Story(steps: [
    Step(afterHours: 6, status: "in_transit", substatus: "picked_up"),
    Step(afterHours: 40, status: "available_for_pickup"), Step(afterHours: 60, status: "delivered"),
  ])

  private static let missedTwice = Story(steps: [
    Step(afterHours: 8, status: "in_transit", substatus: "picked_up"),
    Step(afterHours: 40, status: "out_for_delivery"), Step(afterHours: 44, status: "attempt_fail"),
    Step(afterHours: 48, status: "attempt_fail"), Step(afterHours: 66, status: "out_for_delivery"),
    Step(afterHours: 70, status: "delivered"),
  ])

  private static let returnedInPart: Story = {
    var story = delivered(after: 48)
    story.refundAfterHours = 100
    return story
  }()

  private static let early = Story(steps: [
    Step(afterHours: 4, status: "in_transit", substatus: "picked_up", estimateShift: 0),
    Step(afterHours: 12, status: "in_transit", estimateShift: -30), Step(afterHours: 28, status: "delivered"),
  ])

  private static let cancelled = Story(steps: [], isCancelled: true)

  private static let customs = Story(steps: [
    Step(afterHours: 10, status: "in_transit", substatus: "picked_up"),
    Step(afterHours: 20, status: "exception", substatus: "customs"),
    Step(afterHours: 70, status: "out_for_delivery"), Step(afterHours: 75, status: "delivered"),
  ])
}
