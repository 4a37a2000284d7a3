//! A limit on the requests that one caller may cause.

use std::sync::atomic::{AtomicU32, Ordering};

/// A countdown of requests. The check of a credential that may be made up costs LangSmith a fixed number of requests,
/// whatever it answers.
#[derive(Debug)]
pub struct RequestBudget(AtomicU32);

impl RequestBudget {
    /// A budget of `count` requests.
    pub const fn new(count: u32) -> Self {
        Self(AtomicU32::new(count))
    }

    /// Takes one request; `false` when none is left.
    pub(crate) fn take_request(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_run_out() {
        let requests = RequestBudget::new(2);
        assert_eq!(
            [requests.take_request(), requests.take_request(), requests.take_request()],
            [true, true, false]
        );
    }
}
