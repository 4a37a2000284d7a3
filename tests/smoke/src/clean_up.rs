//! Deletes the objects that the smoke test created, looked up by name: the answers with their ids may have been lost.

use http::Method;
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::names::Names;
use crate::pace::Pace;
use crate::recording::Recorder;
use crate::speak::{Direct, DirectAnswer};

/// The outcome of the clean-up.
#[derive(Clone, Debug, Default)]
pub struct CleanUp {
    /// The deleted objects.
    pub deleted: Vec<String>,
    /// Objects that remain or may remain, and why.
    pub left: Vec<String>,
}

/// The step to which these requests belong.
pub(crate) const STEP: &str = "clean-up";

const TRIES: u32 = 3;

/// Deletes the objects.
pub(crate) struct Cleaner<'a> {
    pub(crate) direct: &'a Direct,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) recorder: &'a Recorder,
    pub(crate) names: &'a Names,
    pub(crate) pace: Pace,
}

impl Cleaner<'_> {
    /// Deletes the projects, the dataset and the prompt, if they exist.
    pub(crate) async fn clean_up(&self) -> CleanUp {
        self.recorder.begin(STEP);
        let mut done = CleanUp::default();
        let Names { base, experiment, project, .. } = self.names;
        // The experiment before its dataset.
        for (kind, name, place) in [
            ("project", experiment, "sessions"),
            ("project", project, "sessions"),
            ("dataset", base, "datasets"),
        ] {
            let what = format!("{kind} {name}");
            match self.find(place, name).await {
                Ok(ids) => {
                    for id in ids {
                        self.delete(&what, &format!("/{place}/{id}"), &mut done).await;
                    }
                }
                Err(why) => done.left.push(format!("{what}: it was looked for, {why}")),
            }
        }
        self.delete(&format!("prompt {base}"), &format!("/repos/-/{base}"), &mut done).await;
        done
    }

    /// The ids of the objects with exactly this name.
    async fn find(&self, place: &str, name: &str) -> Result<Vec<String>, String> {
        let answer = self.ask(Method::GET, &format!("/{place}?name={name}&limit=10")).await;
        let answer = answer.filter(|answer| answer.status == 200 && answer.body.is_array());
        let found = answer.ok_or("and LangSmith did not tell")?.body;
        let found = found.as_array().map_or(&[][..], Vec::as_slice);
        let is_it = |found: &&Value| found.get("name").and_then(Value::as_str) == Some(name);
        let id = |found: &Value| found.get("id").and_then(Value::as_str).map(str::to_owned);
        Ok(found.iter().filter(is_it).filter_map(id).collect())
    }

    async fn delete(&self, what: &str, resource: &str, done: &mut CleanUp) {
        match self.ask(Method::DELETE, resource).await {
            Some(answer) if (200..300).contains(&answer.status) => done.deleted.push(what.to_owned()),
            Some(answer) if answer.status == 404 => {}
            Some(answer) => done.left.push(format!("{what}: LangSmith answers {}", answer.status)),
            None => done.left.push(format!("{what}: LangSmith does not answer")),
        }
    }

    async fn ask(&self, method: Method, resource: &str) -> Option<DirectAnswer> {
        let path = self.endpoint.api(resource);
        let mut answer = self.direct.ask(method.clone(), &path, None).await;
        for _ in 1..TRIES {
            if answer.as_ref().is_some_and(|answer| answer.status != 429 && answer.status < 500) {
                break;
            }
            tokio::time::sleep(self.pace.again).await;
            answer = self.direct.ask(method.clone(), &path, None).await;
        }
        answer
    }
}
