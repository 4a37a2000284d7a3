//! A tracing project with a trace and a thread, read in every way.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Script, Weight, list, text};

pub(super) const HOUR: Duration = Duration::from_hours(1);

impl Script<'_> {
    pub(super) async fn traces(&mut self) {
        let project = self.names.project.clone();
        let new = json!({"name": project, "description": "smoke: safe to delete"});
        let (_, made) = self.look("a tracing project", (Method::POST, "/sessions"), Some(&new)).await;
        let batch = json!({"post": self.runs(), "patch": []});
        let (status, answer) =
            self.look("runs of two traces", (Method::POST, "/runs/batch"), Some(&batch)).await;
        let errors = if list(&answer, "/errors").is_empty() { "no errors" } else { "errors" };
        self.fact("a batch of runs", Weight::Counts, format!("{status}, {errors}"));
        let named = json!({"project_name": project, "more_info": true});
        let found = |listed: &Value| list(listed, "/projects").len() == 1;
        self.settles("projects by name", ("list_projects", named), found).await;

        let since = self.names.before(HOUR);
        let three = |page: &Value| list(page, "/runs").len() == 3;
        let summary = json!({"project_name": project, "limit": 10, "detail": "summary", "start_time": since});
        self.settles("runs in short", ("fetch_runs", summary), three).await;
        self.decimals(made.get("id")).await;
        let page = json!({"project_name": project, "limit": 1, "detail": "ids", "start_time": since});
        let page = self.works("a page of runs", "fetch_runs", page).await;
        match page.as_ref().and_then(|page| text(page, "/next_cursor")) {
            Some(cursor) => {
                let next = json!({"project_name": project, "limit": 1, "detail": "ids", "start_time": since,
                    "cursor": cursor});
                self.works("the next page of runs", "fetch_runs", next).await;
            }
            None => self.skip("the next page of runs", "fetch_runs"),
        }
        let roots = json!({"project_name": project, "limit": 10, "is_root": true, "start_time": since,
            "filter": "eq(run_type, \"chain\")", "select": ["name", "latency", "error", "tags"]});
        self.works("runs by a filter", "fetch_runs", roots).await;
        let [root, ..] = self.names.runs;
        let whole = json!({"project_name": project, "limit": 10, "trace_id": root, "detail": "full"});
        self.works("a trace", "fetch_runs", whole).await;
        let thread = self.thread();
        self.works("a thread", "get_thread_history", thread).await;
    }

    /// The arguments for reading the thread.
    pub(super) fn thread(&self) -> Value {
        json!({"thread_id": self.names.thread, "project_name": self.names.project, "page_number": 1,
            "start_time": self.names.before(HOUR)})
    }

    /// A chain that contains a model call, and another model call: both calls in one thread.
    fn runs(&self) -> Value {
        let [root, child, other] = self.names.runs;
        let metadata = json!({"thread_id": self.names.thread});
        let asked = |text: &str| json!({"messages": [{"role": "user", "content": text}]});
        let told = |text: &str| json!({"choices": [{"message": {"role": "assistant", "content": text}}]});
        let run = |id: Uuid, (trace, dotted): (Uuid, String), kind: &str, text: &str| {
            json!({"id": id, "trace_id": trace, "dotted_order": dotted, "name": format!("smoke {kind}"),
                "run_type": kind, "session_name": self.names.project, "start_time": self.names.before(Duration::ZERO),
                "end_time": self.names.before(Duration::ZERO), "inputs": asked(text), "outputs": told(text),
                "extra": {"metadata": metadata}, "tags": ["smoke"]})
        };
        let (first, last) = (self.names.dotted(root), self.names.dotted(other));
        let mut inner =
            run(child, (root, format!("{first}.{}", self.names.dotted(child))), "llm", "smoke one");
        if let Some(members) = inner.as_object_mut() {
            members.insert("parent_run_id".to_owned(), json!(root));
        }
        json!([
            run(root, (root, first), "chain", "smoke one"),
            inner,
            run(other, (other, last), "llm", "smoke two")
        ])
    }
}
