import Operations
import Testing

@Suite struct ServiceManagerTests {
  let recorded = RecordedLog()

  private func serviceManager(_ environment: [String: String]) -> ServiceManager {
    ServiceManager(
      environment: environment, processID: 4_711, log: recorded.log(), clock: MonotonicClock { 1_234_567_899 })
  }

  @Test(arguments: [false, true]) func theStatesOfAServiceAreSentInTheWordsOfTheProtocol(isAbstract: Bool) throws {
    let socket = try ListeningSocket(isAbstract: isAbstract)
    let service = serviceManager(["NOTIFY_SOCKET": socket.address])
    #expect(service.isPresent)
    service.status("restoring 3 of 8 partitions")
    service.ready("8 partitions")
    service.reloading()
    service.keepAlive()
    service.stopping("finishing the unit of work")
    #expect(
      socket.received() == [
        "STATUS=restoring 3 of 8 partitions", "READY=1\nSTATUS=8 partitions", "RELOADING=1\nMONOTONIC_USEC=1234567",
        "WATCHDOG=1", "STOPPING=1\nSTATUS=finishing the unit of work",
      ])
    #expect(recorded.lines.isEmpty)
  }

  @Test func aLineFeedInAStatusCannotBeginAnotherAssignment() throws {
    let socket = try ListeningSocket(isAbstract: true)
    serviceManager(["NOTIFY_SOCKET": socket.address]).status("a\nSTOPPING=1\r\nb")
    #expect(socket.received() == ["STATUS=a STOPPING=1 b"])
  }

  @Test(arguments: [[:], ["NOTIFY_SOCKET": ""]]) func withoutAServiceManagerNothingHappens(
    environment: [String: String]
  ) {
    let service = serviceManager(environment)
    service.ready("ready")
    #expect(!service.isPresent)
    #expect(recorded.lines.isEmpty)
  }

  @Test(arguments: [
    ("/nonexistent/notify", "sendto: No such file or directory"), ("relative", "NOTIFY_SOCKET must be"),
    ("vsock:2:1234", "NOTIFY_SOCKET must be"), ("/" + String(repeating: "x", count: 107), "NOTIFY_SOCKET must be"),
    ("@", "NOTIFY_SOCKET must be"),
  ])
  func aFailureIsAWarningThatSaysWhy(address: String, reason: String) throws {
    serviceManager(["NOTIFY_SOCKET": address]).ready("ready")
    let line = try #require(recorded.lines.first)
    #expect(line.contains(#""level":"warning","event":"service-manager-unreachable""#))
    #expect(line.contains(#""state":"READY=1""#))
    #expect(line.contains(reason))
  }

  @Test(
    arguments: [
      (["WATCHDOG_USEC": "30000000"], 30), (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "4711"], 30),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "4712"], nil), (["WATCHDOG_USEC": "0"], nil),
      (["WATCHDOG_USEC": "soon"], nil), ([:], nil),
    ] as [([String: String], Int?)])
  func theWatchdogIntervalIsTheOneMeantForThisProcess(environment: [String: String], seconds: Int?) {
    #expect(serviceManager(environment).watchdogInterval == seconds.map { Duration.seconds($0) })
  }
}
