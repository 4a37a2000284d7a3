//! The new manifest of a prompt: read from the call, and merged with the stored one. Decides on no write.

pub(super) mod besides;
pub(super) mod chat;
pub(super) mod constructor;
pub(super) mod format;
pub(super) mod given;
pub(super) mod language;
pub(super) mod manifest;
pub(super) mod merged;
pub(super) mod message;
pub(super) mod origin;
pub(super) mod stored;
