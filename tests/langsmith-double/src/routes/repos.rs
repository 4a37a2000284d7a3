//! `GET /repos`: prompts. The caller sees those of the workspace and the public ones of everybody.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::auth::Caller;
use crate::data::StoredPrompt;
use crate::params::{Params, invalid};
use crate::reply::{self, ApiError};
use crate::state::App;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    caller.may("prompts:read")?;
    let (limit, offset) = (params.limit(20)?, params.offset()?);
    let mut found = filtered(&app.world.prompts, &caller, &params)?;
    let key = sort_key(params.text("sort_field").unwrap_or("updated_at"))?;
    found.sort_by_key(|prompt| key(prompt));
    match params.text("sort_direction").unwrap_or("desc") {
        "asc" => {}
        "desc" => found.reverse(),
        _ => return Err(invalid("sort_direction", "Input should be 'asc' or 'desc'")),
    }
    let page = found.iter().skip(offset).take(limit).map(|prompt| prompt.json.as_str());
    Ok(reply::raw(format!("{{\"repos\":{},\"total\":{}}}", reply::array(page), found.len())))
}

fn filtered<'a>(
    prompts: &'a [StoredPrompt],
    caller: &Caller,
    params: &Params,
) -> Result<Vec<&'a StoredPrompt>, ApiError> {
    let public = params.flag("is_public")?;
    let archived = match params.text("is_archived") {
        None | Some("false") => Some(false),
        Some("true") => Some(true),
        Some("allow") => None,
        Some(_) => return Err(invalid("is_archived", "Input should be 'true', 'allow' or 'false'")),
    };
    let tags: Vec<&str> = params.all("tags").collect();
    let query = params.text("query").map(str::to_lowercase);
    let keeps = |prompt: &&StoredPrompt| {
        (prompt.is_public || prompt.workspace == caller.workspace.id)
            && public.is_none_or(|public| prompt.is_public == public)
            && archived.is_none_or(|archived| prompt.is_archived == archived)
            && tags.iter().all(|tag| prompt.tags.iter().any(|own| own == tag))
            && query.as_ref().is_none_or(|query| prompt.text.contains(query))
    };
    Ok(prompts.iter().filter(keeps).collect())
}

type SortKey = fn(&StoredPrompt) -> i128;

fn sort_key(field: &str) -> Result<SortKey, ApiError> {
    let key: SortKey = match field {
        "updated_at" | "relevance" => |prompt| prompt.updated.unix_timestamp_nanos(),
        "num_likes" => |prompt| prompt.likes.into(),
        "num_downloads" => |prompt| prompt.downloads.into(),
        "num_views" => |prompt| prompt.views.into(),
        _ => return Err(invalid("sort_field", "Input should be a sortable field")),
    };
    Ok(key)
}
