import Operations
import Testing

@Suite struct StopRequestTests {
  private var request = StopRequest()

  @Test(arguments: [Signal.terminate, .interrupt]) func theFirstRequestStopsInOrder(signal: Signal) {
    var request = StopRequest()
    #expect(request.receive(signal, now: 5) == .stop)
    #expect(request.isMade)
  }

  @Test mutating func aSecondRequestASecondLaterLeavesAtOnce() {
    _ = request.receive(.terminate, now: 0)
    #expect(request.receive(.interrupt, now: 1_000_000_000) == .leave)
  }

  @Test mutating func aDoubledSignalIsOneRequest() {
    _ = request.receive(.interrupt, now: 0)
    #expect(request.receive(.interrupt, now: 999_999_999) == StopRequest.Action.none)
  }

  @Test(arguments: [Signal.hangUp, .reportStatus]) func otherSignalsAreNoRequest(signal: Signal) {
    var request = StopRequest()
    #expect(request.receive(signal, now: 0) == StopRequest.Action.none)
    #expect(!request.isMade)
  }
}
