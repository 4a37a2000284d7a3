//! Finds the scores already recorded, so that a repeated call continues where the first one ran out of time.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use langsmith::{FEEDBACK_PAGE, Feedback, NewFeedback, UpstreamError, WorkspaceClient};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::decimals::are_close;
use super::pace::AT_ONCE;
use crate::json::same::is_another;

/// The maximum number of pages of scores read for a group of runs: others may have scored them as well.
const MAX_PAGES: usize = 5;

/// The ids of the existing scores with the same content.
pub(super) async fn existing_scores(
    caller: &WorkspaceClient<'_>,
    scores: &[NewFeedback<'_>],
) -> Result<BTreeSet<Uuid>, UpstreamError> {
    let mut by_run: BTreeMap<Uuid, usize> = BTreeMap::new();
    for score in scores {
        *by_run.entry(score.run_id).or_default() += 1;
    }
    let most = by_run.values().copied().max().unwrap_or(1);
    let runs: Vec<Uuid> = by_run.into_keys().collect();
    // The scores of this call for a group of runs fit one page.
    let parts: Vec<&[Uuid]> = runs.chunks((FEEDBACK_PAGE / most).max(1)).collect();
    let wanted: BTreeMap<Uuid, &NewFeedback<'_>> = scores.iter().map(|score| (score.id, score)).collect();
    let mut found = BTreeSet::new();
    for some in parts.chunks(AT_ONCE) {
        let some = try_join_all(some.iter().map(|runs| of_runs(caller, runs, &wanted))).await?;
        found.extend(some.into_iter().flatten());
    }
    Ok(found)
}

async fn of_runs(
    caller: &WorkspaceClient<'_>,
    runs: &[Uuid],
    wanted: &BTreeMap<Uuid, &NewFeedback<'_>>,
) -> Result<Vec<Uuid>, UpstreamError> {
    let mut found = Vec::new();
    for number in 0..MAX_PAGES {
        let page = match caller.feedback(runs, number * FEEDBACK_PAGE).await {
            Err(error) if is_passing(&error) => return Err(error),
            // Scores that cannot be listed are sent once more, which changes nothing.
            Err(_) => break,
            Ok(page) => page,
        };
        let Ok(stored) = page.split() else { break };
        let same =
            stored.iter().filter(|stored| wanted.get(&stored.id).is_some_and(|new| is_same(new, stored)));
        found.extend(same.map(|stored| stored.id));
        if stored.len() < FEEDBACK_PAGE {
            break;
        }
    }
    Ok(found)
}

/// Whether the next request would fail in the same way.
fn is_passing(error: &UpstreamError) -> bool {
    use UpstreamError as E;
    matches!(error, E::Unauthorized | E::RateLimited { .. } | E::Server { .. } | E::Timeout | E::Unreachable)
}

fn is_same(new: &NewFeedback<'_>, stored: &Feedback<'_>) -> bool {
    let comment = stored.comment.and_then(|comment| serde_json::from_str::<String>(comment.get()).ok());
    new.comment.unwrap_or_default() == comment.unwrap_or_default()
        && is_same_score(new.score.map(as_number).as_deref(), stored.score.map(as_number).as_deref())
        && !differs(new.value, stored.value)
}

fn is_same_score(new: Option<&RawValue>, stored: Option<&RawValue>) -> bool {
    !differs(new, stored) || new.zip(stored).is_some_and(|(new, stored)| are_close(new, stored))
}

fn differs(new: Option<&RawValue>, stored: Option<&RawValue>) -> bool {
    is_another(Some(new.unwrap_or(RawValue::NULL)), stored)
}

/// LangSmith stores booleans as one and zero.
fn as_number(score: &RawValue) -> Cow<'_, RawValue> {
    let number = match score.get() {
        "true" => "1",
        "false" => "0",
        _ => return Cow::Borrowed(score),
    };
    RawValue::from_string(number.to_owned()).map_or(Cow::Borrowed(score), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(new: &str, stored: &str) -> bool {
        let read = |text: &'static str| serde_json::from_str::<Feedback<'_>>(text).unwrap();
        let (new, stored) = (read(Box::leak(with_id(new))), read(Box::leak(with_id(stored))));
        let comment: Option<String> = new.comment.map(|text| serde_json::from_str(text.get()).unwrap());
        let (id, key) = (new.id, "k");
        let (score, value, comment) = (new.score, new.value, comment.as_deref());
        let new = NewFeedback { id, run_id: id, trace_id: id, session_id: id, key, score, value, comment };
        is_same(&new, &stored)
    }

    fn with_id(members: &str) -> Box<str> {
        format!(r#"{{"id":"{}"{members}}}"#, Uuid::nil()).into()
    }

    #[test]
    fn a_score_is_compared_with_its_value_and_comment() {
        assert!(same(r#","score":true"#, r#","score":1.0,"value":null,"comment":null"#));
        assert!(same(r#","value":{"a":1,"b":2}"#, r#","value":{"b":2,"a":1}"#));
        assert!(same(r#","score":0.50,"comment":"c""#, r#","score":0.5,"comment":"c""#));
        assert!(same(r#","score":0.1235"#, r#","score":0.12350000001"#));
        assert!(!same(r#","score":0.1235"#, r#","score":0.1236"#));
        assert!(!same(r#","score":true"#, r#","score":0"#) && !same(r#","score":1"#, r#","score":null"#));
        assert!(!same(r#","score":1"#, r#","score":1,"comment":"c""#));
        assert!(!same(r#","score":1"#, r#","score":1,"value":"x""#));
        assert!(!same(r#","value":"1""#, r#","value":1"#));
    }
}
