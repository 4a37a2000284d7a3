//! The possible outcomes of any interleaving of a client's two processes and a thief.
//!
//! The *grace times* of a token: [`RACE_WINDOW`] from the request that consumed it and, if that was the only one so far
//! (its response may be lost), as long again from the request that replaced its successor.
//!
//! The invariant: once every process of the client has come back with its stored token, either the grant is dead, or
//! the following holds for each token of a thief that can still be refreshed. There was a token *s* of the client that
//! the thief presented within a grace time of *s* to get the thief's token or an ancestor of it, and no process
//! presented *s* after that grace time. In other words: a thief who takes over a token is exposed when the owning
//! process comes back, unless both happen within a race. The remaining cases are a thief who is that quick, and one
//! whose stolen token is never presented again by its process.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::model::{Gone, LONGEST_REQUEST, Model, Party, Theft};
use super::*;

const JUST_AFTER: u64 = RACE_WINDOW.as_secs() + 1;

#[derive(Clone, Debug)]
enum Step {
    Refresh {
        by: Party,
        lost: bool,
    },
    /// One process reads the other's stored token.
    Share {
        from: Party,
        to: Party,
    },
    Call(Party),
    Steal(Party),
    /// The thief presents one of the tokens that it has seen, or the last one, a number of times.
    Present {
        which: Option<usize>,
        times: usize,
    },
    ThiefCalls(usize),
    Proceed(usize),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let party = || prop_oneof![3 => Just(Party::Owner), 1 => Just(Party::Second)];
    let present = |times: std::ops::Range<usize>| {
        (any::<Option<usize>>(), times).prop_map(|(which, times)| Step::Present { which, times })
    };
    prop_oneof![
        4 => (party(), prop::bool::weighted(0.2)).prop_map(|(by, lost)| Step::Refresh { by, lost }),
        1 => Just(Step::Share { from: Party::Owner, to: Party::Second }),
        1 => Just(Step::Share { from: Party::Second, to: Party::Owner }),
        1 => party().prop_map(Step::Call),
        2 => party().prop_map(Step::Steal),
        5 => present(1_usize..3),
        1 => present(30_usize..35),
        1 => any::<usize>().prop_map(Step::ThiefCalls),
        4 => any::<usize>().prop_map(Step::Proceed),
        5 => prop::sample::select(vec![1, 60, 119, 121, 240, 3600, 20 * 86_400]).prop_map(Step::Pass),
    ]
}

fn apply_step(model: &mut Model, step: &Step) {
    match *step {
        Step::Refresh { by, lost } => model.refresh(by, lost),
        Step::Share { from, to } => {
            let token = model.held[&from].clone();
            model.held.insert(to, token);
        }
        Step::Call(by) => model.call(&model.held[&by].clone()),
        Step::Steal(from) => model.steal(from),
        Step::Present { which, times } => {
            if let Some(token) = picked(model, which) {
                (0..times).for_each(|_| model.present(token.clone()));
            }
        }
        Step::ThiefCalls(which) => {
            if let Some(token) = picked(model, Some(which)) {
                model.call(&token);
            }
        }
        Step::Proceed(which) => model.proceed(which),
        Step::Pass(secs) => model.pass(Duration::from_secs(secs)),
    }
}

fn picked(model: &Model, which: Option<usize>) -> Option<Token> {
    let last = model.seen.len().checked_sub(1)?;
    model.seen.get(which.map_or(last, |which| which % (last + 1))).cloned()
}

/// Every process comes back twice, after the race window.
fn settle(model: &mut Model) {
    for _ in 0..2 {
        model.pass(Duration::from_secs(JUST_AFTER));
        for by in [Party::Owner, Party::Second] {
            model.refresh(by, false);
            model.finish();
        }
    }
}

/// The thief's live tokens that violate the invariant.
fn hidden(model: &Model) -> usize {
    if !model.is_alive() {
        return 0;
    }
    let living = model.grant.chains.values().filter(|chain| chain.is_alive(model.now));
    let thefts = living.filter_map(|chain| model.thefts.get(&chain.hash));
    thefts.filter(|theft| !is_allowed(model, theft)).count()
}

fn is_allowed(model: &Model, theft: &Theft) -> bool {
    let times = &model.presented[&theft.stolen];
    let ends_in_time = |begins: Timestamp| {
        times.iter().all(|(at, by)| *by == Party::Thief || *at < theft.at || at.since(begins) <= RACE_WINDOW)
    };
    let consumed = model.consumed.get(&theft.stolen).map_or(&[][..], Vec::as_slice);
    // The grace times that contain the theft. Of overlapping requests, the later one may be written first.
    consumed.iter().take(2).any(|begins| {
        let has_begun = theft.at.plus(LONGEST_REQUEST) >= *begins;
        has_begun && theft.at.since(*begins) <= RACE_WINDOW && ends_in_time(*begins)
    })
}

fn run(gone: Gone, steps: impl IntoIterator<Item = Step>) -> Model {
    let mut model = Model::new(gone);
    steps.into_iter().for_each(|step| apply_step(&mut model, &step));
    settle(&mut model);
    model
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..40)
}

proptest! {
    #![proptest_config(Config { cases: 1000, ..Config::default() })]

    #[test]
    fn the_grant_dies_or_every_living_token_is_allowed(steps in steps()) {
        prop_assert_eq!(hidden(&run(Gone::Nothing, steps)), 0);
    }
}

proptest! {
    /// Without a thief or lost responses, no process ever has to log in again.
    #[test]
    fn up_to_twenty_racers_live_on(
        racers in 1_usize..=20,
        turns in prop::collection::vec((any::<prop::sample::Index>(), 0_u64..200), 0..100),
    ) {
        let mut model = Model::new(Gone::Nothing);
        let mut held = vec![model.held[&Party::Owner].clone(); racers];
        let refresh = |model: &mut Model, token: &mut Token| {
            model.held.insert(Party::Owner, token.clone());
            model.refresh(Party::Owner, false);
            model.finish();
            let next = model.held[&Party::Owner].clone();
            assert!(model.is_alive() && next.hash() != token.hash());
            *token = next;
        };
        for token in &mut held {
            refresh(&mut model, token);
            model.pass(Duration::from_secs(6));
        }
        for (who, minutes) in turns {
            model.pass(Duration::from_mins(minutes));
            let who = who.index(racers);
            refresh(&mut model, &mut held[who]);
        }
    }

    /// A lost response heals, whenever its process comes back.
    #[test]
    fn one_lost_answer_heals(turns in prop::collection::vec((1_u64..20 * 86_400, any::<bool>()), 1..9)) {
        let mut model = Model::new(Gone::Nothing);
        for (wait, lost) in turns {
            if lost {
                model.refresh(Party::Owner, true);
                model.pass(Duration::from_secs(wait));
            }
            let before = model.held[&Party::Owner].hash();
            model.refresh(Party::Owner, false);
            model.finish();
            let held = model.held[&Party::Owner].clone();
            prop_assert!(model.is_alive() && held.hash() != before);
            model.call(&held);
            model.pass(Duration::from_secs(wait));
        }
    }
}

const REFRESH: fn(Party) -> Step = |by| Step::Refresh { by, lost: false };
const LAST: fn(usize) -> Step = |times| Step::Present { which: None, times };

/// Both processes have separate chains.
fn separate_chains() -> Vec<Step> {
    vec![REFRESH(Party::Owner), REFRESH(Party::Second), Step::Pass(3600)]
}

/// An attack that a rule prevents succeeds without the rule; with the rule, the grant is dead.
fn is_found_out_only_with(rule: Gone, attack: &[Step]) {
    let steps = || separate_chains().into_iter().chain(attack.iter().cloned());
    assert!(hidden(&run(rule, steps())) > 0, "the attack does not need the rule");
    assert!(!run(Gone::Nothing, steps()).is_alive());
}

#[test]
fn the_stolen_token_is_presented_twice_and_the_first_answer_thrown_away() {
    is_found_out_only_with(Gone::MarkOfForks, &[Step::Steal(Party::Owner), LAST(2)]);
}

#[test]
fn the_time_for_a_race_is_begun_again_and_again() {
    let again = |which| [Step::Present { which: Some(which), times: 1 }, Step::Pass(JUST_AFTER)];
    let mut attack = vec![Step::Steal(Party::Owner)];
    attack.extend((0..3).flat_map(|_| again(0)));
    attack.pop();
    attack.extend([Step::Pass(60), REFRESH(Party::Owner)]);
    is_found_out_only_with(Gone::SkippedGeneration, &attack);
}

/// Its process never presents it again: it reads the other one's stored token.
#[test]
fn a_successor_that_was_replaced_is_presented_while_a_race_goes_on() {
    let attack = [
        Step::Share { from: Party::Second, to: Party::Owner },
        REFRESH(Party::Second),
        Step::Pass(3600),
        Step::Steal(Party::Second),
        REFRESH(Party::Owner),
        Step::Pass(60),
        REFRESH(Party::Owner),
        LAST(1),
        Step::Pass(60),
        Step::Share { from: Party::Owner, to: Party::Second },
    ];
    is_found_out_only_with(Gone::SkippedGeneration, &attack);
}

#[test]
fn the_chain_that_would_tell_is_pushed_out_by_forks_of_another_one() {
    let attack = [
        Step::Steal(Party::Second),
        LAST(2),
        Step::Pass(60),
        LAST(1),
        Step::Pass(60),
        Step::Steal(Party::Owner),
        REFRESH(Party::Owner),
        LAST(30),
    ];
    is_found_out_only_with(Gone::Ancestry, &attack);
}

/// The invariant is not vacuous: a search finds a violation when a rule is missing.
#[test]
fn a_search_finds_the_attack_when_forks_leave_no_mark() {
    let config = Config { cases: 3000, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let found = TestRunner::new_with_rng(config, random).run(&steps(), |steps| {
        prop_assert_eq!(hidden(&run(Gone::MarkOfForks, steps)), 0);
        Ok(())
    });
    assert!(found.is_err());
}
