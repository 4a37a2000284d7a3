//! The verdict of a check.

/// The verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is well.
    Ok,
    /// Clients work, some of them barely.
    Warning,
    /// Clients fail.
    Fault,
    /// Not checked, for a reason.
    Skipped,
}
