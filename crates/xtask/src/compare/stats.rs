//! Medians and percentiles of samples.

/// The value that `share` (0 to 1) of the samples do not exceed; 0 where there are none.
pub(super) fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index, rounded on purpose"
    )]
    let index = (share * last as f64).ceil() as usize;
    sorted.get(index.min(last)).copied().unwrap_or_default()
}

/// The middle value, the mean of the two middle ones if their number is even; 0 where there are none.
pub(super) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => 0.0,
        (len, half) if len % 2 == 1 => sorted[half],
        (_, half) => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

/// The arithmetic mean; 0 where there is no sample.
pub(super) fn mean(samples: &[f64]) -> f64 {
    if samples.is_empty() { 0.0 } else { samples.iter().sum::<f64>() / samples.len() as f64 }
}

/// The greatest; 0 where there is no sample.
pub(super) fn max(samples: &[f64]) -> f64 {
    samples.iter().copied().reduce(f64::max).unwrap_or_default()
}

/// The least; 0 where there is no sample.
pub(super) fn min(samples: &[f64]) -> f64 {
    samples.iter().copied().reduce(f64::min).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_known_samples() {
        let samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(median(&samples), 50.5);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(percentile(&samples, 0.0), 1.0);
        assert_eq!(percentile(&samples, 0.99), 100.0);
        assert_eq!(percentile(&samples, 0.5), 51.0);
        assert_eq!((mean(&samples), min(&samples), max(&samples)), (50.5, 1.0, 100.0));
    }

    #[test]
    fn of_no_samples() {
        assert_eq!([median(&[]), percentile(&[], 0.5), mean(&[]), max(&[]), min(&[])], [0.0; 5]);
    }
}
