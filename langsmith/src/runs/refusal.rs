//! The meaning of a refusal by the backend that was asked first. It may be about the deployment, which lacks the
//! backend, or about the request, and a 404 looks the same in both cases.

use super::Backend;
use super::flags::Flags;
use crate::UpstreamError;

const NEITHER: &str = "supports neither of the two APIs for querying runs";

/// The subject of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The backend, which the deployment lacks, or does not offer to this caller.
    Backend,
    /// The request, for example a project that does not exist: the flags say that the backend is there, or no other
    /// one.
    Request,
    /// One of the two.
    Unclear,
}

impl Refusal {
    /// The subject of `error` from the backend `refused`, by the deployment's flags and the backend that is proven.
    pub(super) fn of(error: &UpstreamError, refused: Backend, flags: Flags, proven: Option<Backend>) -> Self {
        let other = refused.other();
        if flags.lacks(other) {
            Self::Request
        } else if !error.is_not_found() || flags.lacks(refused) {
            Self::Backend
        } else if flags.has(refused) {
            Self::Request
        } else if proven == Some(other) {
            Self::Backend
        } else {
            Self::Unclear
        }
    }

    /// The error after the first backend refused with `first`, and the other one failed with `second`.
    pub(super) fn after_both(self, first: UpstreamError, second: UpstreamError) -> UpstreamError {
        match self {
            Self::Request => first,
            _ if is_elsewhere(&second) => neither(&first, &second),
            Self::Unclear if says_nothing(&second) => first,
            Self::Unclear | Self::Backend => second,
        }
    }
}

/// Whether a deployment without this backend may answer so.
pub(super) fn is_elsewhere(error: &UpstreamError) -> bool {
    use UpstreamError as E;
    matches!(error, E::NotFound { .. } | E::Rejected { status: 405 | 410, .. } | E::Server { status: 501 })
}

/// Whether an error of the backend asked second says nothing about a project that the first one did not find: a proxy
/// may answer for paths that a deployment does not have, and a query may exceed what this backend can do.
fn says_nothing(error: &UpstreamError) -> bool {
    use UpstreamError as E;
    matches!(error, E::Malformed | E::Unauthorized | E::Unsupported(_))
}

/// The error after both backends failed so. A 404 of either may be about the project, and is then the one reported.
fn neither(first: &UpstreamError, second: &UpstreamError) -> UpstreamError {
    let missing = [first, second].into_iter().find(|error| error.is_not_found());
    missing.cloned().unwrap_or(UpstreamError::Unsupported(NEITHER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(status: u16) -> UpstreamError {
        UpstreamError::Rejected { status, detail: String::new() }
    }

    #[test]
    fn one_404_of_two_refusals_is_about_the_project() {
        let gated = UpstreamError::Server { status: 501 };
        for error in [UpstreamError::NOT_FOUND, rejected(405), rejected(410), gated.clone()] {
            assert!(is_elsewhere(&error), "{error}");
            assert_eq!(neither(&error, &UpstreamError::NOT_FOUND), UpstreamError::NOT_FOUND);
            assert_eq!(neither(&UpstreamError::NOT_FOUND, &error), UpstreamError::NOT_FOUND);
        }
        assert_eq!(neither(&gated, &gated), UpstreamError::Unsupported(NEITHER));
        for error in [rejected(400), UpstreamError::Server { status: 500 }, UpstreamError::Forbidden] {
            assert!(!is_elsewhere(&error), "{error}");
        }
    }

    #[test]
    fn the_flags_decide_before_a_proof_does() {
        let (yes, no) = (Some(true), Some(false));
        let (gone, refused) = (UpstreamError::NOT_FOUND, rejected(405));
        for (error, flags, proven, expected) in [
            (&gone, (None, None), None, Refusal::Unclear),
            (&gone, (None, None), Some(Backend::V1), Refusal::Unclear),
            (&gone, (None, None), Some(Backend::V2), Refusal::Backend),
            (&gone, (None, yes), None, Refusal::Unclear),
            (&gone, (yes, yes), Some(Backend::V2), Refusal::Request),
            (&gone, (yes, None), Some(Backend::V2), Refusal::Request),
            (&gone, (None, no), Some(Backend::V2), Refusal::Request),
            (&gone, (no, yes), None, Refusal::Backend),
            (&gone, (no, no), Some(Backend::V2), Refusal::Request),
            (&refused, (None, None), None, Refusal::Backend),
            (&refused, (yes, yes), None, Refusal::Backend),
            (&refused, (yes, no), None, Refusal::Request),
        ] {
            let read = Flags::of(flags.0, flags.1);
            assert_eq!(
                Refusal::of(error, Backend::V1, read, proven),
                expected,
                "{error} {flags:?} {proven:?}"
            );
        }
    }

    #[test]
    fn no_error_of_the_other_backend_hides_what_the_request_was_refused_for() {
        let first = UpstreamError::NotFound { detail: "Project not found".to_owned() };
        let others = [
            UpstreamError::Forbidden,
            UpstreamError::BLOCKED,
            UpstreamError::Unauthorized,
            UpstreamError::Malformed,
            UpstreamError::Timeout,
            UpstreamError::RateLimited { retry_after: None },
            UpstreamError::Server { status: 500 },
            rejected(422),
            rejected(405),
        ];
        for second in others {
            let told = Refusal::Request.after_both(first.clone(), second.clone());
            assert_eq!(told, first, "{second}");
        }
        for second in [rejected(422), UpstreamError::Forbidden] {
            assert_eq!(Refusal::Unclear.after_both(first.clone(), second.clone()), second);
        }
        for second in [UpstreamError::Malformed, UpstreamError::Unauthorized] {
            assert_eq!(Refusal::Unclear.after_both(first.clone(), second.clone()), first);
            assert_eq!(Refusal::Backend.after_both(first.clone(), second.clone()), second);
        }
    }
}
