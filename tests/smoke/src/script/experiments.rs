//! An experiment: opened, recorded, repeated and closed, and its data at LangSmith.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::datasets::Examples;
use super::{Script, Weight, list, text};

const LONG_AGO: Duration = Duration::from_hours(72);

impl Script<'_> {
    pub(super) async fn experiment(&mut self, examples: &Examples) {
        let [first, second, third] = examples.as_slice() else {
            self.skip("an experiment with results", "run_experiment");
            return self.skip("experiments of the dataset", "list_experiments");
        };
        let (name, dataset) = (self.names.experiment.clone(), self.names.base.clone());
        let results = json!([
            {"example_id": first, "outputs": {"answer": "one"},
                "scores": {"precise": 0.123_456_789, "correct": true, "tone": "kind"}},
            {"example_id": second, "outputs": {"answer": "2"},
                "scores": [{"key": "correct", "score": 0, "comment": "smoke"}]},
            {"example_id": third, "error": "smoke"},
        ]);
        let record = json!({"experiment_name": name, "dataset_name": dataset, "description": "smoke: safe to delete",
            "metadata": {"purpose": "smoke"}, "results": results});
        let opened = self.works("an experiment with results", "run_experiment", record.clone()).await;
        self.repeat(record).await;
        let old = json!({"experiment_name": name, "results": [{"example_id": first, "repetition": 1,
            "outputs": {"answer": "old"}, "start_time": self.names.before(LONG_AGO)}]});
        let old = self.tries("a result of three days ago", "run_experiment", old).await;
        let seen = if old.is_some() { "taken" } else { "refused" };
        self.fact("a run that began three days ago", Weight::Varies, seen);
        let id = opened.as_ref().and_then(|opened| text(opened, "/experiment_id")).map(str::to_owned);
        match &id {
            Some(id) => self.scores(id, &name, first).await,
            None => self.skip("a score again, with another value", "run_experiment"),
        }
        let close = ("run_experiment", json!({"experiment_name": name, "close": true}));
        let counted = |report: &Value| report["pending"] != json!(true) && report["runs"].as_u64() >= Some(3);
        self.settles("the experiment's end", close, counted).await;
        self.works(
            "experiments of the dataset",
            "list_experiments",
            json!({"reference_dataset_name": dataset}),
        )
        .await;
        let projects = json!({"reference_dataset_name": dataset, "more_info": true});
        self.works("projects on the dataset", "list_projects", projects).await;
        if let Some(id) = &id {
            self.kept(id).await;
        }
    }

    /// Repeats the same results, until LangSmith shows the recorded ones.
    async fn repeat(&mut self, record: Value) {
        let at_once = self.tries("the same results at once", "run_experiment", record.clone()).await;
        let counts = |report: &Value| {
            let runs = format!("runs {} added, {} there", report["runs_recorded"], report["runs_existing"]);
            format!("{runs}; scores {} added, {} there", report["scores_recorded"], report["scores_existing"])
        };
        let seen = at_once.as_ref().map_or_else(|| "refused".to_owned(), counts);
        self.fact("the same results at once", Weight::Varies, seen);
        let all = |report: &Value| report["runs_existing"] == 3 && report["scores_existing"] == 4;
        let later = self.settles("the same results later", ("run_experiment", record), all).await;
        let seen = later.as_ref().map_or_else(|| "not found again".to_owned(), counts);
        self.fact("the same results later", Weight::Counts, seen);
    }

    /// LangSmith's data of the experiment and its runs.
    async fn kept(&mut self, id: &str) {
        let (_, kept) =
            self.look("the experiment itself", (Method::GET, &format!("/sessions/{id}")), None).await;
        let version = text(&kept, "/extra/metadata/dataset_version");
        let seen = if version.is_some() { "kept" } else { "not kept" };
        self.fact("dataset_version of an experiment", Weight::Counts, seen);
        let taken = json!({"name": self.names.experiment});
        let taken =
            self.look("a name of a project that is taken", (Method::POST, "/sessions"), Some(&taken)).await;
        self.fact("a project's name that is taken", Weight::Counts, taken.0.to_string());
        let runs = json!({"project_name": self.names.experiment, "limit": 10, "detail": "full",
            "start_time": self.names.before(LONG_AGO)});
        let three = |page: &Value| list(page, "/runs").len() >= 3;
        let page = self.settles("runs of the experiment", ("fetch_runs", runs), three).await;
        let ids =
            page.as_ref().map_or(&[][..], |page| list(page, "/runs")).iter().map(|run| text(run, "/id"));
        let versions = ids.map(|id| id.and_then(|id| id.chars().nth(14)));
        let seen = if versions.clone().count() > 0 && versions.clone().all(|version| version == Some('7')) {
            "kept"
        } else {
            "not kept"
        };
        self.fact("ids of runs in the form of version 7", Weight::Counts, seen);
    }
}
