/// One property that must hold for any bytes. `run` ends the process when it does not.
protocol FuzzTarget: Sendable {
  /// The name that chooses it, which is also that of its folder in the corpus.
  static var name: String { get }
  init()
  func run(_ bytes: [UInt8])
}

/// Ends the process with `message` unless the claim is true. A `precondition` of an optimised build would drop the message.
func require(
  _ isTrue: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !isTrue { fatalError(message(), file: file, line: line) }
}

/// The value, where nothing that the target does can throw an error.
func unthrown<Value, Failure: Error>(
  _ body: () throws(Failure) -> Value, file: StaticString = #fileID, line: UInt = #line
) -> Value {
  do throws(Failure) { return try body() } catch { fatalError("unexpected: \(error)", file: file, line: line) }
}
