//! Platt scaling (Platt 1999): the curve that turns scores into probabilities.

use crate::model::linear::sigmoid;

/// Slope `a` and offset `b` such that `sigmoid(a * score + b)` comes nearest to the targets in `points` of (score, target);
/// Newton's method from `start`. The steps are bounded: from a steep curve the curvature vanishes and Newton leaps away.
pub fn curve(points: impl Iterator<Item = (f64, f64)> + Clone, start: (f64, f64)) -> (f64, f64) {
    let (mut a, mut b) = start;
    for _ in 0..100 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-6, 0.0, 1e-6);
        for (x, target) in points.clone() {
            let p = sigmoid(a * x + b);
            let (error, curvature) = (p - target, p * (1.0 - p));
            ga += error * x;
            gb += error;
            haa += curvature * x * x;
            hab += curvature * x;
            hbb += curvature;
        }
        let det = haa * hbb - hab * hab;
        if det.abs() < 1e-12 {
            break;
        }
        a -= ((hbb * ga - hab * gb) / det).clamp(-1.0, 1.0);
        b -= ((haa * gb - hab * ga) / det).clamp(-1.0, 1.0);
    }
    (a, b)
}
