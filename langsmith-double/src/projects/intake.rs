//! One request of a tracing client, stored atomically. Public report: one run that began too long ago makes the whole
//! request fail (`service.rs`). Assumed: so does any other that cannot be stored. Assumed: a run without a project
//! belongs to `default`.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Ledger, NewFeedback, RunFields};
use crate::attachment::Attachment;
use crate::data::{Run, Session, sample_id};
use crate::reply::ApiError;

/// The content of a request.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    pub(crate) post: Vec<RunFields>,
    pub(crate) patch: Vec<RunFields>,
    pub(crate) feedback: Vec<NewFeedback>,
}

/// The conditions under which a request is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) workspace: Uuid,
    pub(crate) now: OffsetDateTime,
    /// Whether one run that began too long ago makes the whole request fail.
    pub(crate) window: bool,
    /// Whether new runs are stored even if others already exist.
    pub(crate) partly: bool,
    pub(crate) four_decimals: bool,
}

impl Intake {
    /// Stores everything or, if a run already exists or something cannot be stored, nothing. With `partly`, new runs
    /// are stored nevertheless.
    pub(crate) fn store(self, ledger: &mut Ledger, terms: Terms) -> Result<(), ApiError> {
        let (workspace, now) = (terms.workspace, terms.now);
        if terms.window {
            self.post.iter().try_for_each(|run| run.check_window(now))?;
        }
        let mut files: BTreeMap<Uuid, Vec<Attachment>> = BTreeMap::new();
        let mut new = Projects { ledger, terms, named: BTreeMap::new() };
        let mut stored: Vec<(Uuid, Run)> = Vec::with_capacity(self.post.len());
        for mut run in self.post {
            let session = new.place(&run)?;
            let (id, attached) = (run.id()?, std::mem::take(&mut run.attachments));
            files.entry(id).or_default().extend(attached);
            stored.push((session, run.stored(workspace, session, now)?));
        }
        let sessions: Vec<Session> = new.named.into_values().collect();
        let (changed, early) = patched(ledger, workspace, self.patch, &mut files)?;
        ledger.add_runs(sessions, stored, terms.partly)?;
        for run in changed.into_values() {
            ledger.replace_run(run);
        }
        for patch in early {
            ledger.complete(workspace, patch)?;
        }
        for (run, attachments) in files {
            ledger.attach(run, attachments);
        }
        for feedback in self.feedback {
            ledger.receive(workspace, feedback, terms.now, terms.four_decimals)?;
        }
        Ok(())
    }
}

/// Existing runs with their patches applied, and the patches of runs that do not exist yet.
fn patched(
    ledger: &Ledger,
    workspace: Uuid,
    patches: Vec<RunFields>,
    files: &mut BTreeMap<Uuid, Vec<Attachment>>,
) -> Result<(BTreeMap<Uuid, Run>, Vec<RunFields>), ApiError> {
    let (mut changed, mut early) = (BTreeMap::new(), Vec::new());
    for mut patch in patches {
        let id = patch.id()?;
        files.entry(id).or_default().extend(std::mem::take(&mut patch.attachments));
        match ledger.run(workspace, id) {
            Err(_) => {
                patch.check()?;
                early.push(patch);
            }
            Ok((_, run)) => patch.apply(changed.entry(id).or_insert_with(|| Run::clone(run)))?,
        }
    }
    Ok((changed, early))
}

/// The projects named by runs, and those created by the first run with a new name, as LangChain's SDKs expect. Assumed:
/// such a project begins with the run that created it.
struct Projects<'l> {
    ledger: &'l Ledger,
    terms: Terms,
    named: BTreeMap<String, Session>,
}

impl Projects<'_> {
    fn place(&mut self, run: &RunFields) -> Result<Uuid, ApiError> {
        let workspace = self.terms.workspace;
        if let Some(id) = run.session_id {
            return Ok(self.ledger.session(workspace, id)?.id);
        }
        let name = run.session_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("default");
        if let Some(known) = self.ledger.sessions(workspace).iter().find(|session| session.name == name) {
            return Ok(known.id);
        }
        let start = run.start()?.unwrap_or(self.terms.now);
        let new = || {
            let id = sample_id(&format!("project:{workspace}:{name}:{}", self.terms.now));
            Session::bare(id, workspace, name.to_owned(), start)
        };
        let session = self.named.entry(name.to_owned()).or_insert_with(new);
        session.started = session.started.min(start);
        Ok(session.id)
    }
}
