//! The checks, one file for what belongs together. Each says what it saw in a line, and how to mend what is wrong.

pub(crate) mod authorize;
pub(crate) mod clock;
pub(crate) mod connection;
pub(crate) mod cors;
pub(crate) mod eras;
pub(crate) mod issuer;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod registration;
pub(crate) mod resource;
pub(crate) mod step_up;
pub(crate) mod token;
pub(crate) mod unknown_path;

/// Why a check cannot be made without another one.
pub(crate) fn because(failed: &str) -> crate::sight::Trouble {
    crate::sight::Trouble::skipped(format!("because of \"{failed}\""))
}
