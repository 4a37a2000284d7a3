//! The protocol revisions that we support. Two eras share one endpoint: up to 2025-11-25 a session opens with
//! `initialize`; from 2026-07-28 on every request describes itself in `_meta`.

/// The stateless revision.
pub(crate) const MODERN: &str = "2026-07-28";

/// The newest revision with an `initialize` handshake: the offer to a client that requests an unknown one.
pub(crate) const NEWEST_LEGACY: &str = "2025-11-25";

/// The only revision with JSON-RPC batches, and the one assumed for a request without a version header.
pub(crate) const WITH_BATCHES: &str = "2025-03-26";

const LEGACY: [&str; 4] = [NEWEST_LEGACY, "2025-06-18", WITH_BATCHES, "2024-11-05"];

/// All supported revisions, newest first.
pub(crate) const ALL: [&str; 5] = [MODERN, LEGACY[0], LEGACY[1], LEGACY[2], LEGACY[3]];

/// Whether `version` has an `initialize` handshake.
pub(crate) fn is_legacy(version: &str) -> bool {
    LEGACY.contains(&version)
}
