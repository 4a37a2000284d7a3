//! The ring of signing keys and the calendar of their rotation, without I/O.
//!
//! | Days since a key began to sign | |
//! |---|---|
//! | 28 | its successor is created and published |
//! | 30 | the successor signs |
//! | 33 | the key no longer verifies |
//!
//! No verifier may see a token before it has seen the key: public keys are cached for 10 minutes, and the successor is
//! published for two days before it signs. No token may stop verifying before it expires: `/token` reads its key when
//! an instance starts, an instance lives for hours, and its last token is valid for one more hour.

use std::time::Duration;

use oauth::keys::{Jwks, KeyError, SigningKey, SigningKeys};
use primitives::clock::Timestamp;

/// How long a key signs.
pub(crate) const SIGNS: Duration = Duration::from_hours(30 * 24);
/// How long a key is published before it signs.
pub(crate) const AHEAD: Duration = Duration::from_hours(2 * 24);
/// How long a key still verifies after its successor has begun to sign.
pub(crate) const KEPT: Duration = Duration::from_hours(3 * 24);

/// A key, and the start of its current stage.
#[derive(Clone)]
struct Staged {
    key: SigningKey,
    since: Timestamp,
}

/// Every key of the stack.
#[derive(Clone)]
pub(crate) struct Ring {
    signing: Staged,
    next: Option<Staged>,
    retired: Vec<Staged>,
}

/// Why a stored ring is invalid.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RingError {
    /// A key is malformed, or cannot be created.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A line lacks the stage of its key or the time of its start.
    #[error("a line of the signing keys is malformed")]
    Line,
}

impl Ring {
    /// The ring of a new stack: its key signs at once.
    pub(crate) fn first(now: Timestamp) -> Result<Self, RingError> {
        Ok(Self { signing: Staged::fresh(now)?, next: None, retired: Vec::new() })
    }

    /// Reads the stored form: one line per key, with its stage and the start of that stage in seconds since the Unix
    /// epoch. The signing key comes first, as [`SigningKeys`] requires.
    pub(crate) fn from_text(text: &str) -> Result<Self, RingError> {
        let (mut signing, mut next, mut retired) = (None, None, Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (stage, staged) = Staged::from_line(line)?;
            let unfit = match stage {
                "signing" => signing.replace(staged).is_some(),
                _ if signing.is_none() => true,
                "next" => next.replace(staged).is_some(),
                "retired" => {
                    retired.push(staged);
                    false
                }
                _ => true,
            };
            if unfit {
                return Err(RingError::Line);
            }
        }
        Ok(Self { signing: signing.ok_or(RingError::Line)?, next, retired })
    }

    /// The stored form.
    pub(crate) fn to_text(&self) -> String {
        let signing = std::iter::once(("signing", &self.signing));
        let next = self.next.iter().map(|staged| ("next", staged));
        let retired = self.retired.iter().map(|staged| ("retired", staged));
        let lines = signing
            .chain(next)
            .chain(retired)
            .map(|(stage, staged)| format!("{} {stage} {}\n", staged.key.to_text(), staged.since.secs()));
        lines.collect()
    }

    /// The public halves, in the order of the stored form.
    pub(crate) fn jwks(&self) -> Result<Jwks, RingError> {
        let others = self.next.iter().chain(&self.retired).map(|staged| staged.key.clone()).collect();
        Ok(SigningKeys { current: self.signing.key.clone(), others }.jwks()?)
    }

    /// How long the current key has been signing.
    pub(crate) fn age(&self, now: Timestamp) -> Duration {
        now.since(self.signing.since)
    }

    /// Applies the calendar; returns whether anything changed. `published` is the currently published key set.
    pub(crate) fn rotate(&mut self, published: Option<&Jwks>, now: Timestamp) -> Result<bool, RingError> {
        let expired = self.retired.len();
        self.retired.retain(|staged| now.since(staged.since) < KEPT);
        let expired = expired != self.retired.len();
        let Some(mut next) = self.next.take() else {
            let due = self.age(now) + AHEAD >= SIGNS;
            self.next = due.then(|| Staged::fresh(now)).transpose()?;
            return Ok(due || expired);
        };
        // The publication of an earlier run failed, so the waiting time before signing has not begun.
        let is_published = next.is_in(published)?;
        if is_published && self.age(now) >= SIGNS && now.since(next.since) >= AHEAD {
            next.since = now;
            let mut last = std::mem::replace(&mut self.signing, next);
            last.since = now;
            self.retired.push(last);
            return Ok(true);
        }
        if !is_published {
            next.since = now;
        }
        self.next = Some(next);
        Ok(expired || !is_published)
    }
}

impl Staged {
    fn fresh(since: Timestamp) -> Result<Self, RingError> {
        Ok(Self { key: SigningKey::generate()?, since })
    }

    fn from_line(line: &str) -> Result<(&str, Self), RingError> {
        let mut words = line.split_whitespace();
        let (Some(key), Some(stage), Some(since), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(RingError::Line);
        };
        let since = since.parse().map_err(|_| RingError::Line)?;
        Ok((stage, Self { key: SigningKey::from_text(key)?, since: Timestamp::from_secs(since) }))
    }

    fn is_in(&self, published: Option<&Jwks>) -> Result<bool, RingError> {
        let public = self.key.public()?;
        Ok(published.is_some_and(|jwks| jwks.keys.contains(&public)))
    }
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
