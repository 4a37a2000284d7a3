//! Users, workspaces and API keys, with their permissions.

use uuid::{Uuid, uuid};

/// The user "Ada", a member of both workspaces.
pub const ADA: Uuid = uuid!("ada00000-0000-4000-8000-000000000001");
/// The user "Grace", a member of the team workspace only.
pub const GRACE: Uuid = uuid!("97ace000-0000-4000-8000-000000000002");
/// The workspace that both users share.
pub const TEAM_WORKSPACE: Uuid = uuid!("5a3e0000-0000-4000-8000-0000000000a1");
/// Ada's personal workspace.
pub const ADA_WORKSPACE: Uuid = uuid!("5a3e0000-0000-4000-8000-0000000000a2");
/// The organization of both workspaces.
pub const ORGANIZATION: Uuid = uuid!("5a3e0000-0000-4000-8000-0000000000f0");
/// The display name of [`ORGANIZATION`].
pub const ORGANIZATION_NAME: &str = "Sample Organization";

/// Ada's personal API key; the key that the demo prints.
pub const ADA_KEY: &str = "lsv2_pt_demo";
/// Grace's personal API key.
pub const GRACE_KEY: &str = "lsv2_pt_demo_grace";
/// A personal API key of Grace that cannot read prompts.
pub const LIMITED_KEY: &str = "lsv2_pt_demo_limited";
/// A service key: no user, bound to [`TEAM_WORKSPACE`].
pub const SERVICE_KEY: &str = "lsv2_sk_demo";
/// A service key of the whole organization, valid only in a request that names a workspace.
pub const ORGANIZATION_KEY: &str = "lsv2_sk_demo_organization";

/// The permissions of a caller in a workspace, by the platform's names.
pub(crate) type Permissions = &'static [&'static str];

const ADMIN: Permissions = &[
    "organization:read",
    "workspaces:read",
    "workspaces:manage",
    "projects:read",
    "projects:create",
    "projects:update",
    "projects:delete",
    "runs:read",
    "runs:create",
    "runs:share",
    "feedback:read",
    "feedback:create",
    "feedback:update",
    "feedback:delete",
    "datasets:read",
    "datasets:create",
    "datasets:update",
    "datasets:delete",
    "prompts:read",
    "prompts:create",
    "prompts:update",
    "prompts:delete",
    "annotation-queues:read",
    "annotation-queues:create",
    "annotation-queues:update",
    "annotation-queues:delete",
    "mcp-servers:read",
    "mcp-servers:invoke",
    "mcp-servers:create",
    "mcp-servers:update",
    "mcp-servers:delete",
];
const VIEWER: Permissions = &[
    "organization:read",
    "workspaces:read",
    "projects:read",
    "runs:read",
    "feedback:read",
    "datasets:read",
    "prompts:read",
    "mcp-servers:read",
    "mcp-servers:invoke",
];
const TRACES_ONLY: Permissions = &["workspaces:read", "projects:read", "runs:read"];

/// A user of the platform.
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    /// The first one is the default of a credential without `X-Tenant-Id`.
    pub(crate) workspaces: &'static [&'static Workspace],
    pub(crate) role: &'static str,
    pub(crate) permissions: Permissions,
}

/// A workspace ("tenant" on the wire).
pub(crate) struct Workspace {
    pub(crate) id: Uuid,
    pub(crate) display_name: &'static str,
    pub(crate) handle: Option<&'static str>,
    pub(crate) is_personal: bool,
}

/// The workspace of a credential without `X-Tenant-Id`.
#[derive(Clone, Copy)]
pub(crate) enum Home {
    /// The principal's first workspace.
    First,
    /// This workspace.
    Own(Uuid),
    /// None: the request must name one.
    None,
}

/// An API key and its owner.
pub(crate) struct ApiKey {
    pub(crate) secret: &'static str,
    pub(crate) owner: Principal,
    pub(crate) permissions: Permissions,
    pub(crate) home: Home,
}

/// The owner of a credential.
#[derive(Clone, Copy)]
pub(crate) enum Principal {
    User(&'static User),
    /// A service key has no user, only its workspaces: one, or all of the organization.
    Service(&'static [&'static Workspace]),
}

impl Principal {
    /// The workspaces that this principal may access.
    pub(crate) fn workspaces(self) -> &'static [&'static Workspace] {
        match self {
            Self::User(user) => user.workspaces,
            Self::Service(workspaces) => workspaces,
        }
    }

    /// The name of the principal's role, as the platform states it with a workspace.
    pub(crate) fn role(self) -> Option<&'static str> {
        match self {
            Self::User(user) => Some(user.role),
            Self::Service(_) => None,
        }
    }

    /// A stable name for recorded requests.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::User(user) => user.name,
            Self::Service(_) => "service",
        }
    }
}

static TEAM: Workspace = Workspace {
    id: TEAM_WORKSPACE,
    display_name: "Sample Workspace",
    handle: Some("sample-team"),
    is_personal: false,
};
static PERSONAL: Workspace =
    Workspace { id: ADA_WORKSPACE, display_name: "Ada's Workspace", handle: None, is_personal: true };

/// The users who can log in.
pub(crate) static USERS: [User; 2] = [
    User {
        id: ADA,
        name: "Ada",
        email: "ada@example.com",
        workspaces: &[&TEAM, &PERSONAL],
        role: "Admin",
        permissions: ADMIN,
    },
    User {
        id: GRACE,
        name: "Grace",
        email: "grace@example.com",
        workspaces: &[&TEAM],
        role: "Viewer",
        permissions: VIEWER,
    },
];

/// Every API key.
pub(crate) static API_KEYS: [ApiKey; 5] = [
    key(ADA_KEY, Principal::User(&USERS[0]), ADMIN),
    key(GRACE_KEY, Principal::User(&USERS[1]), VIEWER),
    key(LIMITED_KEY, Principal::User(&USERS[1]), TRACES_ONLY),
    key(SERVICE_KEY, Principal::Service(&[&TEAM]), VIEWER),
    ApiKey { home: Home::None, ..key(ORGANIZATION_KEY, Principal::Service(&[&TEAM, &PERSONAL]), VIEWER) },
];

const fn key(secret: &'static str, owner: Principal, permissions: Permissions) -> ApiKey {
    ApiKey { secret, owner, permissions, home: Home::First }
}

/// The user with this id.
pub(crate) fn user(id: Uuid) -> Option<&'static User> {
    USERS.iter().find(|user| user.id == id)
}
