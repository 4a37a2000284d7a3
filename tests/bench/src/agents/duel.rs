//! Two workers that do the same in different ways, by turns.

use crate::Outcome;
use crate::plan::{Plan, Round};
use crate::stats::Rounds;
use crate::work::{Pace, Work, load};

/// One worker a side, and the measured rounds of both.
pub(super) struct Duel<A, B> {
    theirs: Vec<A>,
    ours: Vec<B>,
    rounds: (Rounds, Rounds),
}

impl<A: Work, B: Work> Duel<A, B> {
    pub(super) fn new(theirs: A, ours: B) -> Self {
        Self { theirs: vec![theirs], ours: vec![ours], rounds: (Rounds::default(), Rounds::default()) }
    }

    /// One load of each side.
    pub(super) async fn run(&mut self, plan: &Plan, round: Round) -> Outcome {
        for is_ours in round.order(vec![false, true]) {
            let sample = if is_ours {
                let (workers, sample) =
                    load(std::mem::take(&mut self.ours), Pace::Closed, plan.span()).await?;
                self.ours = workers;
                sample
            } else {
                let (workers, sample) =
                    load(std::mem::take(&mut self.theirs), Pace::Closed, plan.span()).await?;
                self.theirs = workers;
                sample
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
