//! Drops the repetitions of a thread. Most applications send the whole conversation with every call to the model, so a
//! thread of `n` turns holds its first message `n` times.
//!
//! The rules, which never lose anything really said:
//!
//! - A message has a *place*: the messages said before it, in their order. A call's leading messages whose places an
//!   earlier call of the thread has visited are history and are dropped. The same words at another place are not.
//! - An application may send only the last part of the conversation. A call's leading messages that are also the last
//!   ones of a recent call, its answer included, are history, too.
//! - Instructions (system messages) belong to no place, because applications write the time of day or documents into
//!   them. Repeated ones are dropped, new ones are shown.
//! - A trace is one turn (LangSmith's own notion of a thread). A call whose messages were all sent before, in another
//!   turn, says its last message again: that one and the answer are shown. An application whose model remembers sends
//!   just "yes", and "yes" two turns later.
//! - In one turn, the same call again is a retry, or the same call traced twice: only another answer is shown.
//!
//! In doubt a message is shown twice: history that was rewritten is shown as it now reads.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::identity::Identity;

/// The number of recent calls compared with the beginning of another call.
const RECENT: usize = 8;

/// The place before the first message.
const START: u64 = 0;

/// A message of a call, by its number in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) number: usize,
    pub(super) identity: Identity,
}

/// The conversation so far.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    /// The turn in which each place was visited last.
    places: BTreeMap<u64, u64>,
    instructions: BTreeSet<u64>,
    recent: VecDeque<Vec<u64>>,
}

impl Conversation {
    /// Adds one call and returns its shown messages. Calls must come in the order of their start.
    pub(super) fn add<'m>(
        &mut self,
        turn: u64,
        inputs: &'m [Message],
        outputs: &'m [Message],
    ) -> Vec<&'m Message> {
        let mut said: Vec<u64> = spoken(inputs).collect();
        let places: Vec<u64> =
            said.iter().scan(START, |place, message| Some(next(place, *message))).collect();
        let mut place = places.last().copied().unwrap_or(START);
        let again = self.places.get(&place) == Some(&turn);
        let mut known = self.history_length(&said, &places);
        if known == said.len() && !again {
            known = known.saturating_sub(1);
        }
        let mut fresh = known < said.len() || !again;
        let mut shown = self.unknown(inputs, known);
        self.places.extend(places.into_iter().chain([place]).map(|place| (place, turn)));
        for message in answer(inputs, outputs) {
            let visited = self.places.insert(next(&mut place, message.identity.hash), turn);
            fresh |= visited != Some(turn);
            if fresh {
                shown.push(message);
            }
            said.push(message.identity.hash);
        }
        self.recent.truncate(RECENT - 1);
        self.recent.push_front(said);
        shown
    }

    /// The number of a call's leading messages that are history.
    fn history_length(&self, said: &[u64], places: &[u64]) -> usize {
        let visited = places.iter().take_while(|place| self.places.contains_key(place)).count();
        let borders = borders(said);
        let ends = self.recent.iter().map(|earlier| overlap(said, &borders, earlier));
        ends.max().unwrap_or(0).max(visited)
    }

    /// The inputs without the first `known` messages of the conversation, and without instructions shown before.
    fn unknown<'m>(&mut self, inputs: &'m [Message], known: usize) -> Vec<&'m Message> {
        let mut at = 0;
        let mut shown = Vec::new();
        for message in inputs {
            let is_new = if message.identity.system {
                self.instructions.insert(message.identity.hash)
            } else {
                at += 1;
                at > known
            };
            if is_new {
                shown.push(message);
            }
        }
        shown
    }
}

/// The hashes of the messages other than instructions.
fn spoken(messages: &[Message]) -> impl Iterator<Item = u64> {
    messages.iter().filter(|message| !message.identity.system).map(|message| message.identity.hash)
}

/// The outputs of the model itself: some applications return the inputs with them.
fn answer<'m>(inputs: &[Message], outputs: &'m [Message]) -> &'m [Message] {
    let begins = !inputs.is_empty()
        && outputs.len() >= inputs.len()
        && inputs.iter().zip(outputs).all(|(input, output)| input.identity == output.identity);
    outputs.get(if begins { inputs.len() } else { 0 }..).unwrap_or_default()
}

/// Advances a place by one message.
fn next(place: &mut u64, message: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (*place, message).hash(&mut hasher);
    *place = hasher.finish();
    *place
}

/// For each prefix of `said`, the length of its longest proper prefix that is also its suffix (Knuth, Morris and Pratt:
/// a thread of a thousand equal messages must not take quadratic time).
fn borders(said: &[u64]) -> Vec<usize> {
    let mut borders = vec![0];
    let mut length = 0;
    for message in said.iter().skip(1) {
        length = extend(said, &borders, length, *message);
        borders.push(length);
    }
    borders
}

/// The length of the longest prefix of `said` that is a suffix of `earlier`.
fn overlap(said: &[u64], borders: &[usize], earlier: &[u64]) -> usize {
    earlier.iter().fold(0, |length, message| extend(said, borders, length, *message))
}

/// The length of the longest matched prefix of `said` after `message` has followed a match of `length`.
fn extend(said: &[u64], borders: &[usize], mut length: usize, message: u64) -> usize {
    while said.get(length) != Some(&message) {
        match length.checked_sub(1).and_then(|last| borders.get(last)) {
            Some(shorter) => length = *shorter,
            None => return 0,
        }
    }
    length + 1
}

#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
