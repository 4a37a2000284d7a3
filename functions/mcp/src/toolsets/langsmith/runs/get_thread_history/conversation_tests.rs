//! Conversations as applications record them: what is shown is what was said, each once.

use proptest::prelude::*;

use super::*;

const SYSTEM: u64 = 1 << 40;

/// A message identified by a number; numbers from [`SYSTEM`] on are instructions.
fn message(number: u64) -> Message {
    let identity = Identity { hash: number, system: number >= SYSTEM };
    Message { number: usize::try_from(number).unwrap(), identity }
}

fn messages(numbers: &[u64]) -> Vec<Message> {
    numbers.iter().copied().map(message).collect()
}

/// The messages shown of calls, each with its turn, inputs and outputs.
fn shown(calls: &[(u64, Vec<u64>, Vec<u64>)]) -> Vec<u64> {
    let mut conversation = Conversation::default();
    let mut all = Vec::new();
    for (turn, inputs, outputs) in calls {
        let (inputs, outputs) = (messages(inputs), messages(outputs));
        all.extend(conversation.add(*turn, &inputs, &outputs).iter().map(|message| message.identity.hash));
    }
    all
}

#[test]
fn history_is_shown_once() {
    let calls = [
        (1, vec![SYSTEM, 10], vec![20]),
        (2, vec![SYSTEM, 10, 20, 11], vec![21]),
        (3, vec![SYSTEM, 10, 20, 11, 21, 10], vec![20]),
    ];
    assert_eq!(shown(&calls), [SYSTEM, 10, 20, 11, 21, 10, 20]);
}

#[test]
fn instructions_that_change_do_not_bring_the_history_back() {
    let calls = [
        (1, vec![SYSTEM, 10], vec![20]),
        (2, vec![SYSTEM + 1, 10, 20, 11], vec![21]),
        (3, vec![SYSTEM, 10, 20, 11, 21, 12], vec![22]),
    ];
    assert_eq!(shown(&calls), [SYSTEM, 10, 20, SYSTEM + 1, 11, 21, 12, 22]);
}

#[test]
fn a_call_traced_twice_counts_once_and_a_second_answer_is_shown() {
    let calls = [(1, vec![10], vec![20]), (1, vec![10], vec![20]), (1, vec![10], vec![21])];
    assert_eq!(shown(&calls), [10, 20, 21]);
}

#[test]
fn the_same_words_in_another_turn_were_said_again() {
    let calls = [(1, vec![SYSTEM, 10], vec![20]), (2, vec![SYSTEM, 10], vec![20]), (3, vec![], vec![20])];
    assert_eq!(shown(&calls), [SYSTEM, 10, 20, 10, 20, 20]);
    assert_eq!(shown(&[(1, vec![], vec![20]), (1, vec![], vec![20]), (2, vec![], vec![20])]), [20, 20]);
}

#[test]
fn an_agent_reads_its_own_steps() {
    let calls =
        [(1, vec![10], vec![30]), (1, vec![10, 30, 40], vec![20]), (2, vec![10, 30, 40, 20, 11], vec![21])];
    assert_eq!(shown(&calls), [10, 30, 40, 20, 11, 21]);
}

#[test]
fn a_side_remark_does_not_hide_the_way_on() {
    let calls = [
        (1, vec![10], vec![30]),
        (1, vec![10], vec![20]),
        (2, vec![10, 20, 11], vec![31]),
        (2, vec![10, 20, 11], vec![21]),
    ];
    assert_eq!(shown(&calls), [10, 30, 20, 11, 31, 21]);
}

#[test]
fn a_failed_call_and_its_retry_show_the_question_once() {
    assert_eq!(shown(&[(1, vec![10], vec![]), (1, vec![10], vec![20])]), [10, 20]);
}

#[test]
fn outputs_that_repeat_the_inputs_are_only_the_answer() {
    assert_eq!(shown(&[(1, vec![SYSTEM, 10], vec![SYSTEM, 10, 20])]), [SYSTEM, 10, 20]);
}

#[test]
fn a_rewritten_history_is_shown_as_it_reads_now() {
    assert_eq!(shown(&[(1, vec![10], vec![20]), (2, vec![10, 29, 11], vec![21])]), [10, 20, 29, 11, 21]);
}

/// Turns of few different words, so that people repeat themselves; answers are never questions.
fn any_turns() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((10_u64..13, 20_u64..23), 1..24)
}

fn flat(turns: &[(u64, u64)]) -> Vec<u64> {
    turns.iter().flat_map(|(question, answer)| [*question, *answer]).collect()
}

/// One call per turn, which sends its question after `history` of the conversation so far.
fn calls(turns: &[(u64, u64)], history: impl Fn(&[u64]) -> Vec<u64>) -> Vec<(u64, Vec<u64>, Vec<u64>)> {
    let said = flat(turns);
    let call = |(at, (question, answer)): (usize, &(u64, u64))| {
        let mut inputs = history(&said[..2 * at]);
        inputs.push(*question);
        (at as u64, inputs, vec![*answer])
    };
    turns.iter().enumerate().map(call).collect()
}

proptest! {
    #[test]
    fn whole_histories_come_down_to_what_was_said(turns in any_turns()) {
        prop_assert_eq!(shown(&calls(&turns, <[u64]>::to_vec)), flat(&turns));
    }

    #[test]
    fn last_parts_of_the_history_come_down_to_what_was_said(turns in any_turns(), last in 0_usize..9) {
        let window = |history: &[u64]| history[history.len().saturating_sub(last)..].to_vec();
        prop_assert_eq!(shown(&calls(&turns, window)), flat(&turns));
    }

    #[test]
    fn doubled_calls_change_nothing(turns in any_turns()) {
        let calls = calls(&turns, <[u64]>::to_vec);
        let doubled: Vec<_> = calls.iter().flat_map(|call| [call.clone(), call.clone()]).collect();
        prop_assert_eq!(shown(&doubled), shown(&calls));
    }

    #[test]
    fn whatever_is_recorded_is_shown_at_least_once(
        calls in prop::collection::vec((0_u64..4, prop::collection::vec(8_u64..16, 0..6), prop::collection::vec(8_u64..16, 0..3)), 0..20)
    ) {
        let all = shown(&calls);
        for (_, inputs, outputs) in &calls {
            prop_assert!(inputs.iter().chain(outputs).all(|message| all.contains(message)));
        }
    }

    #[test]
    fn the_overlap_is_the_longest(said in prop::collection::vec(0_u64..3, 0..12), earlier in prop::collection::vec(0_u64..3, 0..12)) {
        let longest = (0..=said.len().min(earlier.len())).rev().find(|length| earlier.ends_with(&said[..*length]));
        prop_assert_eq!(overlap(&said, &borders(&said), &earlier), longest.unwrap());
    }
}
