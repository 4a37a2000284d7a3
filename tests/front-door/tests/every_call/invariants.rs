//! The invariants after any fault.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world::World;

/// The prefixes of credentials and tokens: API keys and tokens of the double, and our own.
const CLEAR: [&str; 8] = [
    "lsv2_pt_",
    "lsv2_sk_",
    "lsd_at_",
    "lsd_rt_",
    "lsd_code_",
    "lsmc_",
    "lsmr_",
    // A JWT of type `at+jwt`.
    "eyJ0eXAiOi",
];

pub(super) fn text<'v>(item: &'v Value, member: &str) -> &'v str {
    item[member]["S"].as_str().unwrap_or_else(|| panic!("no {member} in {item}"))
}

fn pairs<'v>(items: &'v [Value], one: &str, other: &str) -> BTreeSet<(&'v str, &'v str)> {
    items.iter().map(|item| (text(item, one), text(item, other))).collect()
}

impl World {
    /// Nothing is half-written, and no secret is stored in the clear.
    pub(super) async fn check(&self, after: &str) {
        let aws = &self.door.aws;
        let (clients, grants) = (aws.items("clients").await, aws.items("grants").await);
        let (sessions, vault) = (aws.items("sessions").await, aws.items("vault").await);
        let credentials = pairs(&vault, "user_ref", "credential_id");
        let known: BTreeSet<_> = clients.iter().map(|client| text(client, "client_id")).collect();
        for grant in &grants {
            let credential = (text(grant, "user_ref"), text(grant, "credential_id"));
            assert!(credentials.contains(&credential), "{after}: a grant without a credential: {grant}");
            assert!(known.contains(text(grant, "client_id")), "{after}: a grant without a client: {grant}");
            let chains = grant["chains"]["M"].as_object().map_or(0, serde_json::Map::len);
            match text(grant, "state") {
                "code_issued" => assert_eq!(chains, 0, "{after}: half an exchange: {grant}"),
                "active" => assert!(chains > 0, "{after}: half an exchange: {grant}"),
                _ => {}
            }
        }
        // A session and its credential are created together; a logout removes only the session.
        let of_sessions: BTreeSet<_> =
            sessions.iter().filter_map(|session| session["credential_id"]["S"].as_str()).collect();
        let of_vault: BTreeSet<_> = vault.iter().map(|item| text(item, "credential_id")).collect();
        let alone: Vec<_> = of_sessions.difference(&of_vault).collect();
        assert!(alone.is_empty(), "{after}: sessions without credentials: {alone:?}");
        if self.vault == "secrets-manager" {
            for item in &vault {
                let name = self.user_secret(text(item, "user_ref"));
                assert!(aws.secret(&name).is_some(), "{after}: a credential without its key: {name}");
            }
        }
        let others = ["keys", "mcp-servers", "tool-cache"].map(|table| aws.items(table));
        let others = futures_util::future::join_all(others).await;
        let tables = [clients, grants, sessions, vault].into_iter().chain(others).collect::<Vec<_>>();
        let lines = self.door.log.all();
        let written = tables.iter().flatten().map(Value::to_string).chain(lines.iter().cloned());
        let hidden = self.hidden();
        for line in written {
            let clear = CLEAR.iter().copied().chain(hidden.iter().map(String::as_str));
            let found: Vec<_> = clear.filter(|secret| line.contains(secret)).collect();
            assert!(found.is_empty(), "{after}: {found:?} in clear in {line}");
        }
    }

    /// The name of a user's secret.
    pub(super) fn user_secret(&self, user: &str) -> String {
        let prefix = &self.door.function("authorize").program().variables["SECRET_PREFIX"];
        format!("{prefix}/users/{user}")
    }

    /// The values of the stack's own secrets, and of those of its users and workspaces.
    fn hidden(&self) -> Vec<String> {
        let mut hidden = Vec::new();
        for (function, name) in
            [("token", "ROOT_KEY_SECRET"), ("token", "SIGNING_KEYS_SECRET"), ("mcp", "AGENT_KEY_SECRET")]
        {
            let variables = &self.door.function(function).program().variables;
            let text = self.door.aws.secret(&variables[name]).unwrap();
            hidden.extend(text.split_whitespace().filter(|word| word.len() > 30).map(ToOwned::to_owned));
        }
        let users = self.user_secret("");
        let workspaces = users.replace("/users/", "/servers/");
        let sealed = [users, workspaces].map(|start| self.door.aws.secrets_that_start(&start));
        for text in sealed.iter().flatten() {
            let secret: Value = serde_json::from_str(text).unwrap();
            hidden.push(secret["data_key"].as_str().unwrap().to_owned());
        }
        hidden
    }
}
