import Foundation
import Testing

@testable import Retention

@Suite("The simplex") struct SimplexTests {
  @Test func theBottomOfACurvedValleyIsFound() {
    // Rosenbrock's function, the usual trial.
    var simplex = Simplex(around: [-1.2, 1], step: 0.5) { 100 * pow($0[1] - $0[0] * $0[0], 2) + pow(1 - $0[0], 2) }
    simplex.minimize(tolerance: 1e-14, limit: 1_000)
    #expect(abs(simplex.best.point[0] - 1) < 1e-4 && abs(simplex.best.point[1] - 1) < 1e-4)
  }

  @Test func whereTheFunctionIsNoNumberNobodyGoes() {
    var simplex = Simplex(around: [3], step: 1) { $0[0] < 1 ? .nan : ($0[0] - 2) * ($0[0] - 2) }
    simplex.minimize(tolerance: 1e-12, limit: 200)
    #expect(abs(simplex.best.point[0] - 2) < 1e-3)
  }

  @Test func itStopsAfterItsLimit() {
    var looks = 0
    var simplex = Simplex(around: [0, 0], step: 1) {
      looks += 1
      return $0[0] + $0[1]
    }
    simplex.minimize(tolerance: 1e-12, limit: 50)
    #expect(looks < 300)
  }
}
