import Foundation
import Kafka
import Operations
import Retention

/// The directory with `retaind.json`, `rules.json` and the wording files.
struct ConfigurationFiles {
  let directory: String
  /// Where systemd puts the secrets that the unit asks for.
  private let credentials: String?

  /// The directory that `--config-dir` names, else `RETAIND_CONFIG_DIR`, else the one systemd gives, else `/etc/retaind`.
  init(_ arguments: Arguments, environment: [String: String]) {
    let named = arguments.value("config-dir") ?? environment["RETAIND_CONFIG_DIR"]
    // systemd separates several directories by colons; the unit asks for one.
    let given = environment["CONFIGURATION_DIRECTORY"]?.split(separator: ":").first.map(String.init)
    directory = named ?? given ?? "/etc/retaind"
    credentials = environment["CREDENTIALS_DIRECTORY"]
  }

  static let option = OptionSpec.value(
    "config-dir", "DIR",
    "where retaind.json, rules.json and the wording files are (default: RETAIND_CONFIG_DIR, else /etc/retaind)")
  static let rulesOption = OptionSpec.value("rules", "FILE", "other rules than those of the configuration directory")

  func deployment(environment: [String: String]) throws -> Deployment {
    try parse("retaind.json") { bytes throws(ConfigurationError) in
      try Deployment(json5: bytes, environment: environment)
    }
  }

  /// The rules of the directory, or of another file when one is named.
  func rules(at path: String? = nil) throws -> Rules {
    try parse(path ?? file("rules.json")) { bytes throws(ConfigurationError) in try Rules(json5: bytes) }
  }

  func wording() throws -> Wording {
    var files: [Retention.Locale: [UInt8]] = [:]
    for locale in Retention.Locale.allCases { files[locale] = try read(file("wording.\(locale.rawValue).json")) }
    do {
      return try Wording(json5: files)
    } catch {
      throw Failure(.badConfiguration, "wording in \(directory): \(error)")
    }
  }

  /// The client properties with the secrets read from their files; a line feed at a file's end is no part of a secret. A name
  /// without a path is that of a credential of the service manager, else of a file in the configuration directory.
  /// Only commands that connect need them.
  func client(_ deployment: Deployment) throws -> ClientConfiguration {
    guard deployment.kafka["bootstrap.servers"] != nil else {
      throw Failure(
        .badConfiguration, "\(file("retaind.json")): kafka.\"bootstrap.servers\" is missing: it names the brokers")
    }
    var properties = deployment.kafka
    for (name, path) in deployment.secretFiles {
      let place = path.contains("/") ? path : "\(credentials ?? directory)/\(path)"
      let text = String(decoding: try read(place), as: UTF8.self)
      properties[name] = text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
    return ClientConfiguration(properties: properties)
  }

  func file(_ name: String) -> String { "\(directory)/\(name)" }

  private func parse<T>(_ name: String, _ parse: ([UInt8]) throws(ConfigurationError) -> T) throws -> T {
    let path = name.hasPrefix("/") || name.contains("/") ? name : file(name)
    let bytes = try read(path)
    do {
      return try parse(bytes)
    } catch {
      throw Failure(.badConfiguration, "\(path): \(error)")
    }
  }

  private func read(_ path: String) throws -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw Failure(
        .badConfiguration, "\(path) cannot be read: \(reason(error)); name the directory with --config-dir")
    }
  }
}

/// Why a command fails, with the exit code.
struct Failure: Error {
  let exitCode: ExitCode
  let message: String

  init(_ exitCode: ExitCode, _ message: String) {
    self.exitCode = exitCode
    self.message = message
  }
}

/// What the system says of a file, without the wrapping that Foundation puts around it.
func reason(_ error: any Error) -> String {
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
  guard let code = (underlying ?? error) as? POSIXError else { return error.localizedDescription }
  return String(cString: strerror(code.code.rawValue))
}
