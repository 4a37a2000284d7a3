//! `GET /public/download`: the target of the links to attachments of examples and runs. Description: links are
//! pre-signed, so they need no credential.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::attachment::Attachment;
use crate::params::Params;
use crate::reply::ApiError;
use crate::state::App;

pub(crate) async fn download(State(app): State<Arc<App>>, params: Params) -> Result<Response, ApiError> {
    let (examples, runs) = (params.ids("example")?, params.ids("run")?);
    let name = params.text("name").unwrap_or_default();
    let of_example = examples.first().and_then(|id| {
        app.world.datasets.read(|stock| {
            let version = stock.public_example(*id)?.latest()?;
            version.attachments.iter().find(|attachment| attachment.name == name).cloned()
        })
    });
    let of_run = || {
        let id = runs.first()?;
        app.world.projects.read(|ledger| ledger.attachment(*id, name).cloned())
    };
    let found: Option<Attachment> = of_example.or_else(of_run);
    let attachment = found.ok_or(ApiError::NotFound("Attachment"))?;
    Ok(([(header::CONTENT_TYPE, attachment.mime_type)], attachment.content).into_response())
}
