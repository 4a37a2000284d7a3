//! Queries of runs through LangSmith's second API. The server under test prefers the first one, so the proxy withholds
//! that here.

use serde_json::{Value, json};

use super::traces::HOUR;
use super::{Script, Weight, list};

impl Script<'_> {
    pub(super) async fn second_api(&mut self) {
        self.proxy.withhold_first(true);
        let runs =
            json!({"project_name": self.names.project, "limit": 10, "start_time": self.names.before(HOUR)});
        let some = |page: &Value| list(page, "/runs").len() == 3;
        let page = self.settles("runs by the second API", ("fetch_runs", runs), some).await;
        let seen = page.as_ref().map_or(0, |page| list(page, "/runs").len());
        self.fact("runs by the second API", Weight::Counts, seen.to_string());
        let project =
            json!({"project_name": self.names.project, "limit": 10, "detail": "full", "is_root": true});
        self.works("runs by the second API without a time", "fetch_runs", project).await;
        let [root, ..] = self.names.runs;
        let named = json!({"project_name": self.names.project, "limit": 10, "run_ids": [root]});
        self.works("a run by the second API", "fetch_runs", named).await;
        let thread = self.thread();
        self.works("a thread by the second API", "get_thread_history", thread).await;
        self.proxy.withhold_first(false);
    }
}
