import Operations
import Retention

/// What is answered under each path of the telemetry's server.
enum Telemetry {
  static func answer(_ path: String, _ observer: Observer) -> HTTPResponse? {
    switch path {
    case "/metrics": return HTTPResponse(.ok, contentType: MetricsText.contentType, body: observer.look().metrics)
    case "/health":
      let observed = observer.look()
      let stalled = observed.stalls.map { "worker \($0.worker) has not moved for \($0.lasting.components.seconds) s\n" }
      return observed.isHealthy ? HTTPResponse(.ok, body: "ok\n") : HTTPResponse(.unavailable, body: stalled.joined())
    case "/ready":
      return observer.look().isReady
        ? HTTPResponse(.ok, body: "ready\n") : HTTPResponse(.unavailable, body: "not ready\n")
    case "/status":
      var json = JSONWriter()
      json.value(StatusReport(observed: observer.look()))
      return HTTPResponse(
        .ok, contentType: "application/json", body: String(decoding: json.bytes, as: UTF8.self) + "\n")
    default: return nil
    }
  }
}
