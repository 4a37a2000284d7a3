//! The keys of runs: of the handles and request states that clients hold for us, and of the ids of equal calls.

use std::time::Duration;

use oauth::keys::{DerivedKey, KeyError, Purpose, RootKey};
use oauth::seal::Sealer;
use primitives::clock::Timestamp;
use primitives::random::SharedRandom;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::json::canonical::canonical;
use crate::toolset::{SetError, ToolError};

/// The maximum size of a handle, in bytes: clients send it in a header, too (MCP 2026-07-28, Tasks, `Mcp-Name`).
const MAX_HANDLE: usize = 512;

/// The maximum size of a request state, in bytes. Ours are smaller; anything above is not read.
const MAX_STATE: usize = 1_024;

/// The lifetime of a request state. After it, the same call asks the agent anew, and a handle still serves.
const STATE_LIFE: Duration = Duration::from_hours(1);

/// The keys of one deployment: every instance has the same ones.
#[derive(Clone)]
pub struct RunKeys {
    pub(super) sealer: Sealer,
    tags: DerivedKey,
}

/// A call of an agent: everything needed to return to its latest run, sealed for the person who made it. Nothing is
/// stored here, so any instance and any login of that person can use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunHandle {
    /// The server: the name of its set, or the id of a deployment.
    #[serde(rename = "s")]
    pub(crate) server: String,
    #[serde(rename = "a", with = "uuid::serde::simple")]
    pub(crate) assistant: Uuid,
    /// The thread, which is the call's own.
    #[serde(rename = "t", with = "uuid::serde::simple")]
    pub(crate) thread: Uuid,
    /// When the call began, in seconds since 1970.
    #[serde(rename = "b")]
    pub(crate) begun: u64,
}

/// The state of a call that requires input (MCP 2026-07-28, "Multi Round-Trip Requests": bound to the person, the
/// request and a short time).
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RequestState {
    #[serde(flatten)]
    handle: RunHandle,
    /// The id of the call.
    #[serde(rename = "c", with = "uuid::serde::simple")]
    call: Uuid,
    /// Until when it is valid, in seconds since 1970.
    #[serde(rename = "e")]
    until: u64,
}

impl RunKeys {
    /// The keys derived from `root`.
    pub fn new(root: &RootKey, random: SharedRandom) -> Result<Self, KeyError> {
        let sealer = root.sealer(Purpose::RunHandle, random)?;
        Ok(Self { sealer, tags: root.derive(Purpose::AgentCall)? })
    }

    /// The handle as `person` gets it.
    pub(crate) fn seal(&self, person: &str, handle: &RunHandle) -> Result<String, ToolError> {
        let sealed = self.sealer.seal(&of_handle(person), handle).ok();
        sealed.filter(|sealed| sealed.len() <= MAX_HANDLE).ok_or_else(failed)
    }

    /// The handle in a text that was issued to `person`.
    pub(crate) fn open(&self, person: &str, given: &str) -> Result<RunHandle, ToolError> {
        let given = Some(given.trim()).filter(|given| given.len() <= MAX_HANDLE);
        given.and_then(|given| self.sealer.open(&of_handle(person), given).ok()).ok_or_else(|| {
            ToolError::invalid(
                "handle is not valid for your login: pass it exactly as the agent's tool returned it.",
            )
        })
    }

    /// The state of a `call` of `person` that requires input for the run.
    pub(crate) fn seal_state(
        &self,
        (person, call): (&str, Uuid),
        handle: RunHandle,
        now: Timestamp,
    ) -> Result<String, ToolError> {
        let state = RequestState { handle, call, until: now.plus(STATE_LIFE).secs() };
        self.sealer.seal(&of_state(person), &state).map_err(|_| failed())
    }

    /// The run in the state that the same call of `person` has got from us.
    pub(crate) fn open_state(
        &self,
        (person, call): (&str, Uuid),
        given: &str,
        now: Timestamp,
    ) -> Result<RunHandle, SetError> {
        let given = Some(given).filter(|given| given.len() <= MAX_STATE);
        let state = given.and_then(|given| self.sealer.open::<RequestState>(&of_state(person), given).ok());
        let state = state.filter(|state| state.call == call && state.until > now.secs());
        state.map(|state| state.handle).ok_or(SetError::RequestState)
    }

    /// An id that equal calls of one person have in common: `parts` name the person and what is called. Nobody can
    /// compute it without the key, or tell from it what was asked.
    pub(crate) fn call(&self, parts: &[&[u8]], arguments: Option<&RawValue>) -> Uuid {
        let arguments = arguments.map(canonical).unwrap_or_default();
        let parts: Vec<&[u8]> = parts.iter().copied().chain([arguments.as_bytes()]).collect();
        let [first, second, ..] = self.tags.tag(&parts).chunks_exact(8).map(half).collect::<Vec<_>>()[..]
        else {
            return Uuid::nil();
        };
        // A UUID whose fields are our own (RFC 9562 section 5.8).
        uuid::Builder::from_custom_bytes(Uuid::from_u64_pair(first, second).into_bytes()).into_uuid()
    }
}

fn half(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn failed() -> ToolError {
    ToolError::of_backend("The run's handle could not be made.")
}

fn of_handle(person: &str) -> String {
    format!("handle {person}")
}

fn of_state(person: &str) -> String {
    format!("state {person}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use primitives::random::SystemRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_900_000_000);

    fn keys(root: &RootKey) -> RunKeys {
        RunKeys::new(root, Arc::new(SystemRandom)).unwrap()
    }

    fn handle() -> RunHandle {
        let id = Uuid::from_u128;
        RunHandle { server: "s".repeat(33), assistant: id(1), thread: id(u128::MAX), begun: u64::MAX >> 20 }
    }

    #[test]
    fn a_handle_is_its_persons_own() {
        let root = RootKey::generate(&SystemRandom);
        let (one, other) = (keys(&root), keys(&RootKey::generate(&SystemRandom)));
        let sealed = one.seal("ada", &handle()).unwrap();
        assert_eq!(one.open("ada", &format!(" {sealed}\n")).unwrap(), handle());
        // Another instance has the same key.
        assert_eq!(keys(&root).open("ada", &sealed).unwrap(), handle());
        assert!(one.open("grace", &sealed).is_err() && other.open("ada", &sealed).is_err());
        for forged in ["", "x", "é", &"A".repeat(600), &sealed[1..], &sealed[..sealed.len() - 1]] {
            assert!(one.open("ada", forged).is_err(), "{forged}");
        }
    }

    #[test]
    fn the_longest_handle_fits_into_a_header() {
        let sealed = keys(&RootKey::generate(&SystemRandom)).seal("ada", &handle()).unwrap();
        assert!(sealed.len() <= MAX_HANDLE, "{}", sealed.len());
        assert!(sealed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    }

    #[test]
    fn a_state_is_for_its_person_and_call_and_for_an_hour() {
        let keys = keys(&RootKey::generate(&SystemRandom));
        let call = Uuid::from_u128(7);
        let state = keys.seal_state(("ada", call), handle(), NOW).unwrap();
        assert!(state.len() <= MAX_STATE);
        let open = |person: &str, call: Uuid, secs: u64| {
            keys.open_state((person, call), &state, NOW.plus(Duration::from_secs(secs))).ok()
        };
        assert_eq!(open("ada", call, 3_599), Some(handle()));
        for refused in [open("grace", call, 0), open("ada", Uuid::nil(), 0), open("ada", call, 3_600)] {
            assert_eq!(refused, None);
        }
        // Neither serves as the other.
        assert!(keys.open("ada", &state).is_err());
        let sealed = keys.seal("ada", &handle()).unwrap();
        assert!(keys.open_state(("ada", call), &sealed, NOW).is_err());
    }

    #[test]
    fn equal_calls_have_one_id_and_others_have_theirs() {
        let keys = keys(&RootKey::generate(&SystemRandom));
        let id = |parts: [&str; 2], arguments: &str| {
            keys.call(&parts.map(str::as_bytes), Some(serde_json::from_str(arguments).unwrap()))
        };
        let one = id(["ada", "echo"], r#"{"a": 1, "b": 2}"#);
        assert_eq!(one, id(["ada", "echo"], r#"{"b":2,"a":1}"#));
        for other in [
            id(["ada", "echo"], r#"{"a":1,"b":3}"#),
            id(["ada", "chat"], r#"{"a":1,"b":2}"#),
            id(["adae", "cho"], r#"{"a":1,"b":2}"#),
            keys.call(&[b"ada", b"echo"], None),
            self::keys(&RootKey::generate(&SystemRandom)).call(&[b"ada", b"echo"], None),
        ] {
            assert_ne!(one, other);
        }
        assert_eq!(one.get_version_num(), 8);
    }
}
