//! Scores: the effect of reusing an earlier score's id, and the number of decimals that LangSmith keeps.

use http::Method;
use serde_json::{Value, json};

use super::{Script, Weight};

impl Script<'_> {
    pub(super) async fn scores(&mut self, session: &str, experiment: &str, example: &str) {
        let resource = format!("/feedback?session={session}&key=precise&limit=10");
        let first = |seen: &Value| seen.pointer("/0/score").and_then(Value::as_f64);
        let other = json!({"experiment_name": experiment,
            "results": [{"example_id": example, "scores": {"precise": 0.5}}]});
        self.works("a score again, with another value", "run_experiment", other).await;
        let replaced = |seen: &Value| first(seen) == Some(0.5);
        let (_, kept) = self.look_until("the replaced score itself", &resource, replaced).await;
        let seen = match (kept.as_array().map(Vec::len), replaced(&kept)) {
            (Some(1), true) => "replaced".to_owned(),
            (Some(count), _) => format!("{count} scores"),
            (None, _) => "not shown".to_owned(),
        };
        self.fact("a score with the id of an earlier one", Weight::Counts, seen);
    }

    /// The server under test rounds scores itself, so the smoke test sends this one.
    pub(super) async fn decimals(&mut self, session: Option<&Value>) {
        let [root, ..] = self.names.runs;
        let score = json!({"run_id": root, "trace_id": root, "session_id": session, "key": "smoke",
            "score": 0.123_456_789});
        self.look("a score with nine decimals", (Method::POST, "/feedback"), Some(&score)).await;
        let resource = format!("/feedback?run={root}&key=smoke");
        let is_there = |seen: &Value| seen.pointer("/0/score").is_some();
        let (_, kept) = self.look_until("the score with nine decimals itself", &resource, is_there).await;
        let score = kept.pointer("/0/score").map(Value::to_string);
        let decimals = score.as_deref().and_then(|score| score.split_once('.')).map(|(_, after)| after.len());
        let seen = decimals.map_or_else(|| "not shown".to_owned(), |decimals| decimals.to_string());
        self.fact("decimals of a score with nine", Weight::Varies, seen);
    }
}
