//! Why a data plane cannot be used, with its name.

use std::fmt;

use crate::ids::WorkspaceId;

/// A data plane that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DataPlaneError {
    /// The workspace, when one was named.
    pub(super) workspace: Option<WorkspaceId>,
    /// Scheme, host and port, when the address has them.
    pub(super) address: Option<String>,
    /// What is wrong.
    pub problem: DataPlaneProblem,
}

/// What is wrong with a data plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataPlaneProblem {
    /// The address is no absolute URL, or a very long one.
    Malformed,
    /// The address has a user name, a password, a query or a fragment.
    Decorated,
    /// The address is not https.
    NotHttps,
    /// The address is one of a private network or of this machine.
    Private,
    /// The address is that of this server.
    Ourselves,
    /// The name leads to private addresses only.
    LeadsToPrivate,
    /// It does not accept a credential that LangSmith accepts.
    RefusesCredential,
    /// It does not accept a credential, and LangSmith does not tell whether it does.
    RefusesUnjudged,
}

impl DataPlaneProblem {
    /// Whether it may be over in a while, without anybody who changes the data plane's address.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::LeadsToPrivate | Self::RefusesCredential | Self::RefusesUnjudged)
    }

    const fn told(self) -> &'static str {
        match self {
            Self::Malformed => "cannot be used: LangSmith names no absolute URL for it",
            Self::Decorated => {
                "cannot be used: its address has a user name, a password, a query or a fragment"
            }
            Self::NotHttps => "cannot be used: it is not an https address",
            Self::Private => "cannot be used: it is an address of a private network or of one machine",
            Self::Ourselves => "cannot be used: it is the address of this server",
            Self::LeadsToPrivate => "cannot be used: its name leads to addresses of a private network only",
            Self::RefusesCredential => "does not accept the credential, which LangSmith itself accepts",
            Self::RefusesUnjudged => {
                "does not accept the credential; LangSmith itself did not tell whether it does"
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
        write!(f, " {}.", self.problem.told())
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
