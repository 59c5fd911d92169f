import CRdKafka
import Foundation

extension KafkaError {
  /// A TLS handshake that will fail in the same way until somebody changes something; nil when it may mend itself, as one
  /// does that a broker cut off while it was starting.
  ///
  /// librdkafka has one code for all of them, and OpenSSL's words. It does not tell an unknown authority from a wrong name.
  static func handshake(_ code: rd_kafka_resp_err_t, _ text: String) -> KafkaError? {
    guard code == RD_KAFKA_RESP_ERR__SSL, let remedy = remedy(forHandshake: text) else { return nil }
    return KafkaError(
      code: String(cString: rd_kafka_err2name(code)), message: "\(text); \(remedy)", operation: "connect",
      recovery: .stop)
  }

  private static func remedy(forHandshake text: String) -> String? {
    func says(_ words: String...) -> Bool { words.contains { text.range(of: $0, options: .caseInsensitive) != nil } }
    if says("certificate verify failed") {
      return
        "either ssl.ca.location does not name the authority that signed the broker's certificate, or the certificate is for "
        + "another name than bootstrap.servers says, or it has expired"
    }
    if says("wrong version number", "unknown protocol", "packet length too long", "PLAINTEXT broker listener") {
      return "the broker does not speak TLS at this port: name the port of its TLS listener in bootstrap.servers, "
        + "or set security.protocol to what this port speaks"
    }
    if says("alert") {
      return "the broker does not take this client's certificate, or wants one: name one that it trusts in "
        + "ssl.certificate.location, and its key in ssl.key.location"
    }
    return nil
  }

  /// What may be behind a connection that a broker ended as soon as it stood; nil when the text does not look like that.
  static func hint(forConnection text: String) -> String? {
    guard text.contains("unexpected eof while reading"), text.contains("APIVERSION_QUERY") else { return nil }
    return
      "when this goes on, the broker may want a certificate of this client: ssl.certificate.location and ssl.key.location"
  }
}
