//! Percentiles of latencies and medians of rounds.

use std::time::Duration;

/// The sorted latencies of one load, and its throughput.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    sorted: Vec<Duration>,
    /// Completed requests per second.
    pub(crate) rate: f64,
}

impl Sample {
    /// A sample from the latencies of a load and its rate.
    pub(crate) fn new(mut latencies: Vec<Duration>, rate: f64) -> Self {
        latencies.sort_unstable();
        Self { sorted: latencies, rate }
    }

    /// The latency that `percent` of the requests did not exceed (nearest rank), in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted.get(rank - 1).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }

    /// The number of requests.
    pub(crate) const fn len(&self) -> usize {
        self.sorted.len()
    }
}

/// The median; for an even number of values, the mean of the middle two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len() % 2, values.get(middle.wrapping_sub(1)), values.get(middle)) {
        (0, Some(low), Some(high)) => f64::midpoint(*low, *high),
        (_, _, Some(value)) => *value,
        _ => f64::NAN,
    }
}

/// The samples of one case, one per round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rounds(Vec<Sample>);

impl Rounds {
    /// Adds a round.
    pub(crate) fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// The median of the rounds' rates, in requests per second.
    pub(crate) fn rate(&self) -> f64 {
        median(self.0.iter().map(|sample| sample.rate).collect())
    }

    /// The median of the rounds' percentiles, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        median(self.0.iter().map(|sample| sample.percentile(percent)).collect())
    }

    /// Requests in all rounds.
    pub(crate) fn requests(&self) -> usize {
        self.0.iter().map(Sample::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(millis: impl IntoIterator<Item = u64>) -> Sample {
        Sample::new(millis.into_iter().map(Duration::from_millis).collect(), 1.0)
    }

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let hundred = sample((1..=100).rev());
        assert!((hundred.percentile(50) - 50.0).abs() < 1e-9);
        assert!((hundred.percentile(99) - 99.0).abs() < 1e-9);
        assert!((hundred.percentile(100) - 100.0).abs() < 1e-9);
        assert!((sample([7]).percentile(99) - 7.0).abs() < 1e-9);
        assert!(sample([]).percentile(50).is_nan());
    }

    #[test]
    fn one_odd_round_does_not_move_the_median() {
        assert!((median(vec![3.0, 1.0, 900.0, 2.0, 2.5]) - 2.5).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(Vec::new()).is_nan());
    }
}
