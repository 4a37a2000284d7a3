//! Two workers that do the same in different ways, by turns.

use std::time::Duration;

use url::Url;

use crate::Outcome;
use crate::plan::{Plan, Round};
use crate::side::{Reconnect, reconnect};
use crate::stats::{Rounds, Sample};
use crate::work::{Pace, load};

/// One worker a side, and the measured rounds of both.
pub(super) struct Duel<A, B> {
    theirs: (Url, Vec<A>),
    ours: (Url, Vec<B>),
    rounds: (Rounds, Rounds),
}

impl<A: Reconnect, B: Reconnect> Duel<A, B> {
    /// A duel of two workers, each at the server with this URL.
    pub(super) fn new((theirs, first): (&Url, A), (ours, second): (&Url, B)) -> Self {
        Self {
            theirs: (theirs.clone(), vec![first]),
            ours: (ours.clone(), vec![second]),
            rounds: (Rounds::default(), Rounds::default()),
        }
    }

    /// One load of each side.
    pub(super) async fn run(&mut self, plan: &Plan, round: Round) -> Outcome {
        for is_ours in round.order(vec![false, true]) {
            let span = plan.span();
            let sample = if is_ours {
                turn(&mut self.ours, span).await?
            } else {
                turn(&mut self.theirs, span).await?
            };
            if round.counts() {
                let rounds = if is_ours { &mut self.rounds.1 } else { &mut self.rounds.0 };
                rounds.push(sample);
            }
        }
        Ok(())
    }

    /// The median latencies of both sides, in milliseconds: theirs, ours.
    pub(super) fn medians(&self) -> (f64, f64) {
        (self.rounds.0.percentile(50), self.rounds.1.percentile(50))
    }
}

/// One load, on a new connection: an idle one may have been closed.
async fn turn<W: Reconnect>((url, workers): &mut (Url, Vec<W>), span: Duration) -> Outcome<Sample> {
    reconnect(workers, url).await?;
    let (again, sample) = load(std::mem::take(workers), Pace::Closed, span).await?;
    *workers = again;
    Ok(sample)
}
