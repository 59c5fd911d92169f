import Foundation
import Testing

@testable import Retention

/// Against values of mpmath with 40 digits.
@Suite("Special functions") struct SpecialFunctionsTests {
  @Test(arguments: [
    (0.01, -2.3263478740408408), (0.5, 0), (0.8, 0.8416212335729143), (0.975, 1.959963984540054),
    (0.999, 3.090232306167813),
  ]) func theNormalQuantile(p: Double, z: Double) {
    #expect(abs(normalQuantile(p) - z) < 1e-12)
  }

  @Test(arguments: [
    (0.1, -10.423754940411077), (1, -0.57721566490153286), (1.142, -0.36514440728219355),
    (9.99, 2.2507003728312011), (50, 3.9019896734278922),
  ]) func theDigammaFunction(x: Double, value: Double) {
    #expect(isClose(digamma(x), value, 1e-13))
  }

  @Test(arguments: [
    (0.5, 0.5, 0.5, 0.5), (0.9, 1.6, 1.1, 0.87296061230531321), (0.1, 30, 2, 2.8e-29),
    (0.99, 200, 1.05, 0.14508217709035788), (0.3, 2, 40, 0.99999172315251082), (0, 1, 1, 0), (1, 1, 1, 1),
  ]) func theIncompleteBetaFunction(x: Double, a: Double, b: Double, value: Double) {
    #expect(isClose(incompleteBeta(x, a, b), value, 1e-11))
  }

  @Test func theIncompleteBetaFunctionRisesAndEndsAtOne() {
    for (a, b) in [(0.3, 0.2), (5, 2), (1_000, 3), (2, 1_000), (1_000, 1_000)] {
      let values = (0...200).map { incompleteBeta(Double($0) / 200, a, b) }
      #expect(values.allSatisfy { (0...1).contains($0) })
      #expect(zip(values, values.dropFirst()).allSatisfy { $1 >= $0 - 1e-12 })
    }
  }
}

/// Whether both differ by no more than this part of the second.
func isClose(_ a: Double, _ b: Double, _ part: Double) -> Bool { abs(a - b) <= part * abs(b) }
