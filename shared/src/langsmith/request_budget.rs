//! How many requests one caller may still cause.

use std::sync::atomic::{AtomicU32, Ordering};

/// A number of requests, counted down. Who checks a credential that may be anybody's invention asks LangSmith a fixed
/// number of times, whatever LangSmith answers.
#[derive(Debug)]
pub struct RequestBudget(AtomicU32);

impl RequestBudget {
    /// So many.
    pub const fn new(count: u32) -> Self {
        Self(AtomicU32::new(count))
    }

    /// Takes one; false when there is none left.
    pub(super) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_run_out() {
        let requests = RequestBudget::new(2);
        assert_eq!([requests.take(), requests.take(), requests.take()], [true, true, false]);
    }
}
