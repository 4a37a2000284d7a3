//! `POST /runs/multipart`: runs as multipart forms, with feedback and files. Description: `post|patch.{run}`,
//! `post|patch.{run}.{field}`, `feedback.{id}`, `attachment.{run}.{name}`; each part has a content type and a length,
//! as a header or as a parameter of the type, and no encoding of its own. Assumed: other names are refused with 422, a
//! wrong length or an encoding with 400.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::response::Response;
use uuid::Uuid;

use crate::attachment::Attachment;
use crate::auth::Caller;
use crate::faults::{Partly, Reports};
use crate::json::{body, refused};
use crate::multipart::{Part, parts};
use crate::payload::Payload;
use crate::projects::{Intake, NewFeedback, RunFields};
use crate::reply::ApiError;
use crate::routes::runs::ingest::{Refused, many};
use crate::state::App;

pub(crate) async fn ingest(
    State(app): State<Arc<App>>,
    caller: Caller,
    partly: Option<Extension<Partly>>,
    reports: Option<Extension<Reports>>,
    payload: Payload,
) -> Result<Response, Refused> {
    let mut form = Form::default();
    for part in parts(&payload.headers, &payload.bytes)? {
        form.add(part)?;
    }
    many(&app, &caller, form.finish()?, (partly, reports))
}

/// The parts of a form, grouped by run.
#[derive(Default)]
struct Form {
    /// By whether the run is new (`post`), and by its id.
    runs: BTreeMap<(bool, Uuid), Draft>,
    files: Vec<(Uuid, Attachment)>,
    feedback: Vec<NewFeedback>,
}

/// A run to which more parts may be added.
#[derive(Default)]
struct Draft {
    /// Whether the run's own part was received.
    begun: bool,
    fields: RunFields,
}

impl Form {
    fn add(&mut self, part: Part) -> Result<(), ApiError> {
        if part.encoded {
            return Err(ApiError::BadRequest(format!("part {:?} has an encoding of its own", part.name)));
        }
        if part.length.is_some_and(|length| length != part.content.len()) {
            return Err(ApiError::BadRequest(format!("part {:?} has another length", part.name)));
        }
        let name = part.name.clone();
        let unknown = || refused(&name, "unknown part");
        let (event, rest) = name.split_once('.').ok_or_else(unknown)?;
        let (id, field) = rest.split_once('.').map_or((rest, None), |(id, field)| (id, Some(field)));
        let id = Uuid::try_parse(id).map_err(|_| refused(&name, "Input should be a valid UUID"))?;
        match (event, field) {
            ("post", field) => self.run(true, id).add(field, &part),
            ("patch", field) => self.run(false, id).add(field, &part),
            ("attachment", Some(file)) => {
                self.files.push((id, Attachment::of(file, part)));
                Ok(())
            }
            ("feedback", None) => {
                let feedback: NewFeedback = body(&part.content)?;
                self.feedback.push(NewFeedback { id: feedback.id.or(Some(id)), ..feedback });
                Ok(())
            }
            _ => Err(unknown()),
        }
    }

    fn run(&mut self, is_new: bool, id: Uuid) -> &mut Draft {
        self.runs.entry((is_new, id)).or_default()
    }

    fn finish(self) -> Result<Intake, ApiError> {
        let mut intake = Intake { feedback: self.feedback, ..Intake::default() };
        for ((is_new, id), draft) in self.runs {
            if !draft.begun {
                return Err(refused(&id.to_string(), "the run's own part is missing"));
            }
            let list = if is_new { &mut intake.post } else { &mut intake.patch };
            list.push(RunFields { id: Some(id), ..draft.fields });
        }
        for (id, file) in self.files {
            let mut runs = intake.post.iter_mut().chain(&mut intake.patch);
            match runs.find(|run| run.id == Some(id)) {
                Some(run) => run.attachments.push(file),
                None => {
                    intake.patch.push(RunFields {
                        id: Some(id),
                        attachments: vec![file],
                        ..RunFields::default()
                    });
                }
            }
        }
        Ok(intake)
    }
}

impl Draft {
    fn add(&mut self, field: Option<&str>, part: &Part) -> Result<(), ApiError> {
        let content = &part.content;
        let fields = &mut self.fields;
        match field {
            None => {
                let own: RunFields = body(content)?;
                *fields = RunFields {
                    inputs: fields.inputs.take().or(own.inputs),
                    outputs: fields.outputs.take().or(own.outputs),
                    extra: fields.extra.take().or(own.extra),
                    events: fields.events.take().or(own.events),
                    error: fields.error.take().or(own.error),
                    serialized: fields.serialized.take().or(own.serialized),
                    ..own
                };
                self.begun = true;
            }
            Some("inputs") => fields.inputs = body(content)?,
            Some("outputs") => fields.outputs = body(content)?,
            Some("extra") => fields.extra = body(content)?,
            Some("events") => fields.events = body(content)?,
            Some("error") => fields.error = body(content)?,
            Some("serialized") => fields.serialized = body(content)?,
            Some(_) => return Err(refused(&part.name, "unknown part")),
        }
        Ok(())
    }
}
