//! `GET /public/download`: where the links to attachments lead. They carry their permission themselves.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::params::Params;
use crate::reply::ApiError;
use crate::state::App;

pub(crate) async fn download(State(app): State<Arc<App>>, params: Params) -> Result<Response, ApiError> {
    let ids = params.ids("example")?;
    let name = params.text("name");
    app.world.datasets.read(|stock| {
        let example = ids.first().and_then(|id| stock.public_example(*id));
        let attachments = example.and_then(|example| example.latest()).map(|version| &version.attachments);
        let found =
            attachments.into_iter().flatten().find(|attachment| Some(attachment.name.as_str()) == name);
        let attachment = found.ok_or(ApiError::NotFound("Attachment"))?;
        Ok(([(header::CONTENT_TYPE, attachment.mime_type)], attachment.content.to_vec()).into_response())
    })
}
