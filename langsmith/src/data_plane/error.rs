//! The reason why a data plane cannot be used, with its address.

use std::fmt;

use primitives::ids::WorkspaceId;

/// A data plane that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DataPlaneError {
    /// The workspace, if the caller named one.
    pub(super) workspace: Option<WorkspaceId>,
    /// Scheme, host and port, if the address has them.
    pub(super) address: Option<String>,
    /// The reason.
    pub problem: DataPlaneProblem,
}

/// The problem of a data plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataPlaneProblem {
    /// The address is no absolute URL, or a very long one.
    Malformed,
    /// The address has a user name, a password, a query or a fragment.
    Decorated,
    /// The address is not https.
    NotHttps,
    /// The address is private, loopback or reserved.
    Private,
    /// The address is that of this server.
    Ourselves,
    /// The host name resolves only to addresses that are not allowed.
    LeadsToPrivate,
    /// The data plane rejects a credential that LangSmith accepts.
    RefusesCredential,
    /// The data plane rejects a credential, and whether LangSmith accepts it is unknown.
    RefusesUnjudged,
}

impl DataPlaneProblem {
    /// Whether the problem may be temporary, so that it can end without a change of the listed address.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::LeadsToPrivate | Self::RefusesCredential | Self::RefusesUnjudged)
    }

    const fn description(self) -> &'static str {
        match self {
            Self::Malformed => "cannot be used: LangSmith gives no absolute URL for it",
            Self::Decorated => {
                "cannot be used: its address has a user name, a password, a query or a fragment"
            }
            Self::NotHttps => "cannot be used: it is not an https address",
            Self::Private => "cannot be used: it is an address of a private network or of one machine",
            Self::Ourselves => "cannot be used: it is the address of this server",
            Self::LeadsToPrivate => {
                "cannot be used: its name resolves only to addresses of a private network"
            }
            Self::RefusesCredential => "does not accept the credential, which LangSmith itself accepts",
            Self::RefusesUnjudged => {
                "does not accept the credential; it is not known whether LangSmith itself does"
            }
        }
    }
}

impl fmt::Display for DataPlaneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workspace {
            Some(workspace) => write!(f, "The data plane of workspace {workspace}")?,
            None => f.write_str("The data plane of the credential's workspace")?,
        }
        if let Some(address) = &self.address {
            write!(f, ", {address},")?;
        }
        write!(f, " {}.", self.problem.description())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_plane_is_named_as_far_as_it_has_a_name() {
        let error = |workspace: Option<&str>, address: Option<&str>| DataPlaneError {
            workspace: workspace.map(WorkspaceId::new),
            address: address.map(str::to_owned),
            problem: DataPlaneProblem::NotHttps,
        };
        assert_eq!(
            error(Some("w"), Some("http://dp.example.com")).to_string(),
            "The data plane of workspace w, http://dp.example.com, cannot be used: it is not an https address."
        );
        assert_eq!(
            error(None, None).to_string(),
            "The data plane of the credential's workspace cannot be used: it is not an https address."
        );
    }
}
