/// Finds a minimum of a function of few variables without its derivatives: the downhill simplex method.
/// Source: Nelder and Mead, "A Simplex Method for Function Minimization", The Computer Journal 7 (1965); the coefficients are theirs.
struct Simplex {
  /// The corners, best first.
  private var corners: [(point: [Double], value: Double)]
  private let function: ([Double]) -> Double

  /// A simplex around `start`, with corners `step` away along each axis.
  init(around start: [Double], step: Double, _ function: @escaping ([Double]) -> Double) {
    self.function = function
    var points = [start]
    for axis in start.indices {
      var point = start
      point[axis] += step
      points.append(point)
    }
    corners = points.map { ($0, function($0)) }
    sort()
  }

  var best: (point: [Double], value: Double) { corners[0] }

  /// Moves the simplex until its corners differ by less than `tolerance` in value and place, or `limit` times.
  mutating func minimize(tolerance: Double, limit: Int) {
    for _ in 0..<limit {
      let worst = corners[corners.count - 1]
      let spread = corners.dropFirst().map { zip($0.point, best.point).map { abs($0 - $1) }.max() ?? 0 }.max() ?? 0
      if worst.value - best.value < tolerance * (abs(best.value) + tolerance), spread < 1e-4 { return }
      move(worst)
      sort()
    }
  }

  private mutating func move(_ worst: (point: [Double], value: Double)) {
    let last = corners.count - 1
    let reflected = corner(from: worst.point, by: -1)
    if reflected.value < best.value {
      let expanded = corner(from: worst.point, by: -2)
      corners[last] = expanded.value < reflected.value ? expanded : reflected
    } else if reflected.value < corners[last - 1].value {
      corners[last] = reflected
    } else {
      let contracted = corner(from: worst.point, by: reflected.value < worst.value ? -0.5 : 0.5)
      if contracted.value < min(reflected.value, worst.value) { corners[last] = contracted } else { shrink() }
    }
  }

  /// The point on the line from the centre of the other corners to `point`, `factor` times as far as that.
  private func corner(from point: [Double], by factor: Double) -> (point: [Double], value: Double) {
    let others = corners.dropLast()
    let moved = point.indices.map { axis in
      let centre = others.reduce(0) { $0 + $1.point[axis] } / Double(others.count)
      return centre + factor * (point[axis] - centre)
    }
    return (moved, function(moved))
  }

  private mutating func shrink() {
    let centre = best.point
    for index in corners.indices.dropFirst() {
      let point = zip(corners[index].point, centre).map { ($0 + $1) / 2 }
      corners[index] = (point, function(point))
    }
  }

  /// What is no number is worse than everything.
  private mutating func sort() {
    corners.sort { a, b in b.value.isNaN ? !a.value.isNaN : a.value < b.value }
  }
}
