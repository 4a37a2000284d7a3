//! The checks, one file for each subject. Each reports its observation in a line, and the fix for a fault.

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

/// The result of a check that another check's failure prevents.
pub(crate) fn because(failed: &str) -> crate::sight::Trouble {
    crate::sight::Trouble::skipped(format!("because of \"{failed}\""))
}
