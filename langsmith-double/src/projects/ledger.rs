//! The store of projects and runs, indexed for queries. SDK: a duplicate project name is answered 409, after which
//! `evaluate` tries another one. Assumed: ids are unique across workspaces. Assumed: a request with a run that already
//! exists stores nothing. Assumed: experiments on a dataset are numbered from 1.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::waiting::Waiting;
use super::{NewFeedback, RunFields, StoredFeedback};
use crate::attachment::{Attachment, links};
use crate::data::{Feedback, ProjectDraft, Run, Session};
use crate::reply::{ApiError, already_exists};

/// The data behind the lock.
#[derive(Default)]
pub(crate) struct Ledger {
    sessions: BTreeMap<Uuid, Vec<Session>>,
    /// By session, oldest first.
    runs: BTreeMap<Uuid, Vec<Arc<Run>>>,
    traces: BTreeMap<Uuid, Vec<Arc<Run>>>,
    /// The session of each run.
    places: BTreeMap<Uuid, Uuid>,
    feedback: BTreeMap<Uuid, StoredFeedback>,
    attachments: BTreeMap<Uuid, Vec<Attachment>>,
    waiting: Waiting,
    /// The URL that serves attachments.
    base: String,
}

impl Ledger {
    /// Sets the URL that serves attachments.
    pub(crate) fn serve_from(&mut self, base: &str) {
        base.clone_into(&mut self.base);
    }

    /// Adds a project with its runs.
    pub(crate) fn add(&mut self, project: ProjectDraft, runs: Vec<Run>) {
        let session = Session::new(project, &[]);
        let id = session.id;
        self.sessions.entry(session.workspace).or_default().push(session);
        self.runs.insert(id, Vec::new());
        self.insert_runs(runs.into_iter().map(|run| (id, run)).collect());
    }

    /// The projects of a workspace.
    pub(crate) fn sessions(&self, workspace: Uuid) -> &[Session] {
        self.sessions.get(&workspace).map_or(&[], Vec::as_slice)
    }

    /// A project; one of another workspace does not exist for the caller.
    pub(crate) fn session(&self, workspace: Uuid, id: Uuid) -> Result<&Session, ApiError> {
        let found = self.sessions(workspace).iter().find(|session| session.id == id);
        found.ok_or(ApiError::NotFound("Project"))
    }

    /// The runs of a project, oldest first; `None` when the workspace has no such project.
    pub(crate) fn runs_of_session(&self, workspace: Uuid, session: Uuid) -> Option<&[Arc<Run>]> {
        self.session(workspace, session).ok()?;
        Some(self.runs.get(&session).map_or(&[][..], Vec::as_slice))
    }

    /// All runs of a workspace.
    pub(crate) fn runs_of_workspace(&self, workspace: Uuid) -> impl Iterator<Item = &Arc<Run>> {
        self.sessions(workspace).iter().filter_map(|session| self.runs.get(&session.id)).flatten()
    }

    /// The runs of a trace, including the root.
    pub(crate) fn trace(&self, trace: Uuid) -> &[Arc<Run>] {
        self.traces.get(&trace).map_or(&[], Vec::as_slice)
    }

    /// A run and its project.
    pub(crate) fn run(&self, workspace: Uuid, id: Uuid) -> Result<(&Session, &Arc<Run>), ApiError> {
        let missing = || ApiError::NotFound("Run");
        let place = self.places.get(&id).ok_or_else(missing)?;
        let session = self.session(workspace, *place).map_err(|_| missing())?;
        let runs = self.runs.get(place).map_or(&[][..], Vec::as_slice);
        Ok((session, runs.iter().find(|run| run.facts.id == id).ok_or_else(missing)?))
    }

    /// The feedback of a workspace, oldest first.
    pub(crate) fn feedback(&self, workspace: Uuid) -> impl Iterator<Item = &StoredFeedback> {
        self.feedback.values().filter(move |feedback| feedback.workspace == workspace)
    }

    /// Adds a project without runs. Names are unique in a workspace, ids everywhere.
    pub(crate) fn add_session(&mut self, mut session: Session) -> Result<&Session, ApiError> {
        let taken = |what| Err(ApiError::Conflict(format!("Project with this {what} already exists.")));
        let of_workspace = self.sessions(session.workspace);
        if of_workspace.iter().any(|other| other.name == session.name) {
            return taken("name");
        }
        if self.sessions.values().flatten().any(|other| other.id == session.id) {
            return taken("id");
        }
        session.number = session.reference_dataset.map(|dataset| {
            1 + of_workspace.iter().filter(|other| other.reference_dataset == Some(dataset)).count()
        });
        session.refresh(&[]);
        let (workspace, id) = (session.workspace, session.id);
        self.sessions.entry(workspace).or_default().push(session);
        self.session(workspace, id)
    }

    /// Changes the details of a project.
    pub(crate) fn update_session(
        &mut self,
        workspace: Uuid,
        id: Uuid,
        change: impl FnOnce(&mut Session),
    ) -> Result<&Session, ApiError> {
        let of_workspace = self.sessions.entry(workspace).or_default();
        let session = of_workspace.iter_mut().find(|session| session.id == id);
        let session = session.ok_or(ApiError::NotFound("Project"))?;
        change(session);
        session.refresh(self.runs.get(&id).map_or(&[][..], Vec::as_slice));
        Ok(session)
    }

    /// Adds all runs to their projects or, if one of them exists, none; with `partly`, adds the new ones. `sessions`
    /// are the new projects. Patches and feedback that came before their run are applied.
    pub(crate) fn add_runs(
        &mut self,
        sessions: Vec<Session>,
        runs: Vec<(Uuid, Run)>,
        partly: bool,
    ) -> Result<(), ApiError> {
        let mut seen = BTreeSet::new();
        let is_old =
            |(_, run): &(Uuid, Run)| self.places.contains_key(&run.facts.id) || !seen.insert(run.facts.id);
        let (old, new): (Vec<_>, Vec<_>) = runs.into_iter().partition(is_old);
        let old: Vec<Uuid> = old.iter().map(|(_, run)| run.facts.id).collect();
        if old.is_empty() || partly {
            for session in sessions {
                self.add_session(session)?;
            }
            let ids: Vec<Uuid> = new.iter().map(|(_, run)| run.facts.id).collect();
            self.insert_runs(new);
            ids.into_iter().try_for_each(|id| self.end_wait(id))?;
        }
        if old.is_empty() { Ok(()) } else { Err(already_exists("Run", &old)) }
    }

    /// Applies a patch to a run, now or as soon as the run exists.
    pub(crate) fn complete(&mut self, workspace: Uuid, patch: RunFields) -> Result<(), ApiError> {
        let id = patch.id()?;
        match self.run(workspace, id) {
            Err(_) => self.waiting.of(workspace, id).patches.push(patch),
            Ok((_, run)) => {
                let mut run = Run::clone(run);
                patch.apply(&mut run)?;
                self.replace_run(run);
            }
        }
        Ok(())
    }

    /// Stores a feedback, now or as soon as its run exists.
    pub(crate) fn receive(
        &mut self,
        workspace: Uuid,
        feedback: NewFeedback,
        now: OffsetDateTime,
        four_decimals: bool,
    ) -> Result<(), ApiError> {
        if let Some(run) = feedback.run_id.filter(|run| self.run(workspace, *run).is_err()) {
            self.waiting.of(workspace, run).feedback.push((feedback, now, four_decimals));
            return Ok(());
        }
        let mut stored = feedback.stored(self, workspace, now)?;
        if four_decimals {
            stored.verdict.round();
        }
        self.put_feedback(stored)
    }

    fn end_wait(&mut self, id: Uuid) -> Result<(), ApiError> {
        let place = self.places.get(&id);
        let session =
            place.and_then(|place| self.sessions.values().flatten().find(|known| known.id == *place));
        let Some(workspace) = session.map(|session| session.workspace) else { return Ok(()) };
        self.show_attachments(id);
        let rest = self.waiting.remove(workspace, id);
        rest.patches.into_iter().try_for_each(|patch| self.complete(workspace, patch))?;
        let mut feedback = rest.feedback.into_iter();
        feedback.try_for_each(|(feedback, at, decimals)| self.receive(workspace, feedback, at, decimals))
    }

    /// Attaches files to a run. They stay invisible until the run exists.
    pub(crate) fn attach(&mut self, id: Uuid, files: Vec<Attachment>) {
        if files.is_empty() {
            return;
        }
        self.attachments.entry(id).or_default().extend(files);
        self.show_attachments(id);
    }

    fn show_attachments(&mut self, id: Uuid) {
        let (Some(files), Some(place)) = (self.attachments.get(&id), self.places.get(&id)) else { return };
        let run = self.runs.get(place).and_then(|runs| runs.iter().find(|run| run.facts.id == id));
        if let Some(mut run) = run.map(|run| Run::clone(run)) {
            run.set("s3_urls", &links(files, ("run", id), &self.base).to_string());
            self.replace_run(run);
        }
    }

    /// The attachments of a run.
    pub(crate) fn attachments(&self, run: Uuid) -> &[Attachment] {
        self.attachments.get(&run).map_or(&[][..], Vec::as_slice)
    }

    /// An attachment of a run of any workspace: links to attachments need no credential.
    pub(crate) fn attachment(&self, run: Uuid, name: &str) -> Option<&Attachment> {
        self.attachments(run).iter().find(|file| file.name == name)
    }

    /// Replaces a run with its next state.
    pub(crate) fn replace_run(&mut self, run: Run) {
        let Some(place) = self.places.get(&run.facts.id).copied() else { return };
        let run = Arc::new(run);
        let lists = [self.runs.get_mut(&place), self.traces.get_mut(&run.facts.trace)];
        let slots = lists.into_iter().flatten().flatten().filter(|slot| slot.facts.id == run.facts.id);
        slots.for_each(|slot| *slot = Arc::clone(&run));
        self.refresh(place);
    }

    /// Stores a feedback, in place of one with the same id.
    pub(crate) fn put_feedback(&mut self, feedback: StoredFeedback) -> Result<(), ApiError> {
        match feedback.run {
            None => {
                let session = feedback.session;
                self.feedback.insert(feedback.id, feedback);
                self.refresh(session);
            }
            Some(run) => {
                let mut run = Run::clone(self.run(feedback.workspace, run)?.1);
                run.mark(&feedback.key, feedback.mark());
                self.replace_run(run);
                self.feedback.insert(feedback.id, feedback);
            }
        }
        Ok(())
    }

    /// The feedback with this id.
    pub(crate) fn feedback_with_id(&self, workspace: Uuid, id: Uuid) -> Result<&StoredFeedback, ApiError> {
        let found = self.feedback.get(&id).filter(|feedback| feedback.workspace == workspace);
        found.ok_or(ApiError::NotFound("Feedback"))
    }

    /// Deletes a feedback.
    pub(crate) fn delete_feedback(&mut self, workspace: Uuid, id: Uuid) -> Result<(), ApiError> {
        self.feedback_with_id(workspace, id)?;
        let Some(gone) = self.feedback.remove(&id) else { return Ok(()) };
        match gone.run.and_then(|run| self.run(workspace, run).ok()) {
            None => self.refresh(gone.session),
            Some((_, run)) => {
                let mut run = Run::clone(run);
                run.unmark(id);
                self.replace_run(run);
            }
        }
        Ok(())
    }

    /// Deletes a project with its runs and their feedback.
    pub(crate) fn delete_session(&mut self, workspace: Uuid, id: Uuid) -> Result<(), ApiError> {
        self.session(workspace, id)?;
        if let Some(of_workspace) = self.sessions.get_mut(&workspace) {
            of_workspace.retain(|session| session.id != id);
        }
        for run in self.runs.remove(&id).unwrap_or_default() {
            self.places.remove(&run.facts.id);
            self.attachments.remove(&run.facts.id);
            if let Some(trace) = self.traces.get_mut(&run.facts.trace) {
                trace.retain(|other| other.facts.id != run.facts.id);
            }
        }
        self.feedback.retain(|_, feedback| feedback.session != id);
        Ok(())
    }

    /// Gives a project a new id, as if it had been deleted and recreated with the same runs. The old id then names
    /// nothing.
    pub(crate) fn remake_session(&mut self, workspace: Uuid, name: &str, new: Uuid) -> Option<()> {
        let of_workspace = self.sessions.get_mut(&workspace)?;
        let session = of_workspace.iter_mut().find(|session| session.name == name)?;
        let old = std::mem::replace(&mut session.id, new);
        let runs = self.runs.remove(&old).unwrap_or_default();
        self.runs.insert(new, Vec::new());
        let moved = runs.iter().map(|run| {
            let mut run = Run::clone(run);
            run.set("session_id", &format!("\"{new}\""));
            run
        });
        let moved: Vec<(Uuid, Run)> = moved.map(|run| (new, run)).collect();
        for (_, run) in &moved {
            self.traces.remove(&run.facts.trace);
        }
        self.insert_runs(moved);
        Some(())
    }

    fn insert_runs(&mut self, runs: Vec<(Uuid, Run)>) {
        let mut touched = BTreeSet::new();
        for (session, run) in runs {
            let run = Arc::new(run);
            self.places.insert(run.facts.id, session);
            self.traces.entry(run.facts.trace).or_default().push(Arc::clone(&run));
            self.runs.entry(session).or_default().push(run);
            touched.insert(session);
        }
        for session in touched {
            if let Some(runs) = self.runs.get_mut(&session) {
                runs.sort_by_key(|run| run.facts.position());
            }
            self.refresh(session);
        }
    }

    fn refresh(&mut self, id: Uuid) {
        let mut marks = Feedback::new();
        for feedback in self.feedback.values().filter(|one| one.session == id && one.run.is_none()) {
            marks.entry(feedback.key.clone()).or_default().push(feedback.mark());
        }
        let session = self.sessions.values_mut().flatten().find(|session| session.id == id);
        if let Some(session) = session {
            session.marks = marks;
            session.refresh(self.runs.get(&id).map_or(&[][..], Vec::as_slice));
        }
    }
}
