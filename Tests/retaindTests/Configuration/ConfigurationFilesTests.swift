import Foundation
import Testing

@testable import retaind

struct ConfigurationFilesTests {
  /// A directory with a configuration and, in another, a secret.
  private func client(secret path: String, _ environment: [String: String] = [:]) throws -> [String: String] {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    for (name, text) in ["config/kafka-password": "of the file\n", "credentials/kafka-password": "of the unit"] {
      let file = root.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let place = path.replacing("ROOT", with: root.path)
    let text = "{ kafka: { 'bootstrap.servers': 'a:1' }, secretFiles: { 'sasl.password': '\(place)' } }"
    var variables = environment.mapValues { $0.replacing("ROOT", with: root.path) }
    variables["RETAIND_CONFIG_DIR"] = root.appendingPathComponent("config").path
    let files = ConfigurationFiles(try Retaind.spec.parse(["check"]), environment: variables)
    let deployment = try Deployment(json5: Array(text.utf8))
    return try files.client(deployment).properties
  }

  @Test func aSecretIsReadFromItsFileWithoutTheLineFeed() throws {
    #expect(try client(secret: "ROOT/config/kafka-password")["sasl.password"] == "of the file")
  }

  @Test func aNameWithoutAPathIsThatOfACredentialOrOfAFileBesideTheConfiguration() throws {
    let unit = ["CREDENTIALS_DIRECTORY": "ROOT/credentials"]
    #expect(try client(secret: "kafka-password", unit)["sasl.password"] == "of the unit")
    #expect(try client(secret: "kafka-password")["sasl.password"] == "of the file")
  }

  @Test func aSecretThatIsNotThereIsAnErrorThatNamesIt() throws {
    let failure = #expect(throws: Failure.self) {
      try client(secret: "kafka-password", ["CREDENTIALS_DIRECTORY": "/nowhere"])
    }
    #expect(failure?.message.hasPrefix("/nowhere/kafka-password cannot be read: No such file") == true)
  }
}
