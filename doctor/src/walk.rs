//! The checks of a reachable host.

use serde_json::Value;

use crate::challenge::Challenge;
use crate::checks::eras::Refusal;
use crate::checks::{
    authorize, because, cors, eras, issuer, keys, login, registration, resource, step_up, token, unknown_path,
};
use crate::options::Options;
use crate::report::Report;
use crate::sight::{Trouble, printable};
use crate::speaker::{Credential, Speaker};
use crate::visitor::{Answer, Visitor};

/// The checks of every endpoint.
pub(crate) struct Walk<'a> {
    pub(crate) visitor: &'a Visitor,
    pub(crate) options: &'a Options,
    /// The MCP endpoint's path.
    pub(crate) path: String,
    /// The URL of its metadata document.
    pub(crate) metadata: String,
    pub(crate) report: &'a mut Report,
}

impl Walk<'_> {
    /// The documents, and then everything that they refer to. `root` is the resource's document at the root.
    pub(crate) async fn documents(&mut self, root: &Answer) {
        let visitor = self.visitor;
        let own = visitor.ask(visitor.get(&resource::document_path(&self.path))).await;
        let sight = own.as_ref().map_err(Trouble::clone);
        self.report
            .note("resource document", sight.and_then(|own| resource::judge(visitor, own, &self.path)));
        self.report.note("resource document at root", resource::judge(visitor, root, &self.path));

        let answer = visitor.ask(visitor.get(issuer::ROOT)).await;
        let server = answer.as_ref().map_err(Trouble::clone).and_then(issuer::read);
        let sight = server.as_ref().map_err(Trouble::clone).map(|_| visitor.url(issuer::ROOT));
        self.report.note("issuer document", sight);
        let own_document = own.as_ref().ok().and_then(Answer::json);
        self.issuer(server.as_ref().ok(), own_document.as_ref()).await;
        let read: Vec<_> = [own.as_ref().ok(), answer.as_ref().ok()].into_iter().flatten().collect();
        self.report.note("documents in a browser", cors::on_documents(&read));
        self.login(server.as_ref().ok()).await;
    }

    async fn issuer(&mut self, server: Option<&Value>, resource: Option<&Value>) {
        let visitor = self.visitor;
        let rest = ["issuer document at path", "issuer equality", "endpoints", "OAuth features"];
        let Some(server) = server else {
            for check in rest {
                self.report.note(check, Err(because("issuer document")));
            }
            return;
        };
        let [at_path, equality, endpoints, features] = rest;
        let answer = visitor.ask(visitor.get(&format!("{}{}", issuer::ROOT, self.path))).await;
        self.report.note(at_path, answer.and_then(|answer| issuer::same_behind_path(&answer, server)));
        self.report.note(equality, issuer::equality(visitor, server, resource));
        self.report.note(endpoints, issuer::endpoints(visitor, server));
        self.report.note(features, issuer::features(server));
    }

    async fn login(&mut self, server: Option<&Value>) {
        let (visitor, metadata) = (self.visitor, self.metadata.clone());
        let answer = login::knock(visitor, &self.path).await;
        let challenge = answer.as_ref().map_err(Trouble::clone);
        let challenge = challenge.and_then(|answer| login::challenge(answer, &metadata));
        let sight = challenge.as_ref().map(|challenge| format!("401: {}", printable(&challenge.text)));
        self.report.note("challenge", sight.map_err(Trouble::clone));
        self.report.note("challenge of a GET", login::probe(visitor, &self.path, &metadata).await);
        self.report.note("challenge of a bad token", login::garbage(visitor, &self.path, &metadata).await);
        self.report.note("challenge in a browser", answer.and_then(|answer| cors::on_the_challenge(&answer)));
        self.report.note("preflights", cors::preflights(visitor, &self.path).await);
        self.report.note("signing keys", keys::check(visitor).await);
        self.client().await;
        self.report.note("token endpoint", token::exchange(visitor).await);
        self.report.note("revocation", token::revocation(visitor, server).await);
        self.protocol(challenge.as_ref().ok()).await;
        self.report.note("unknown path", unknown_path::check(visitor).await);
    }

    async fn client(&mut self) {
        let visitor = self.visitor;
        let client = registration::register(visitor).await;
        let sight = client.as_ref().map(|_| "201; the client expires by itself, 90 days unused".to_owned());
        self.report.note("registration", sight.map_err(Trouble::clone));
        let Ok(client) = client else {
            for check in ["login page", "unknown clients"] {
                self.report.note(check, Err(because("registration")));
            }
            return;
        };
        self.report.note("login page", authorize::page(visitor, &client, &self.path).await);
        self.report.note("unknown clients", authorize::strangers(visitor, &client, &self.path).await);
    }

    async fn protocol(&mut self, challenge: Option<&Challenge>) {
        let (visitor, path) = (self.visitor, self.path.as_str());
        let credential = self.options.key.as_ref().map_or(Credential::None, Credential::Key);
        let speaker = Speaker { visitor, path, credential };
        let refusal = Refusal { challenge, metadata: &self.metadata };
        self.report.note("legacy era", eras::legacy(&speaker, &refusal).await);
        self.report.note("modern era", eras::modern(&speaker, &refusal).await);
        let sight = match &self.options.token {
            Some(token) => step_up::check(visitor, path, &self.metadata, token).await,
            None => Err(Trouble::skipped(step_up::NOT_CHECKED)),
        };
        self.report.note("step-up challenge", sight);
    }
}
