/// Fitted parameters, and how well they fit.
public struct CalibrationResult: Sendable, JSONWritable {
  /// For `churn.model` of the rules; nil when there is too little to fit it to.
  public let churn: ChurnModel?
  /// For `replenishment.model` of the rules; nil when there is too little to fit it to.
  public let replenishment: ReplenishmentModel?
  /// What was found on the way, in order.
  public let findings: [Finding]

  /// Writes what goes into the rules file, at its place there.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      if let churn { json.member("churn") { json in json.object { $0.member("model", churn) } } }
      if let replenishment {
        json.member("replenishment") { json in json.object { $0.member("model", replenishment) } }
      }
    }
  }

  /// Something to tell of a fit.
  public struct Finding: Sendable {
    /// What.
    public let name: String
    /// How much.
    public let value: String
  }
}
