//! Data about a run that is absent from LangSmith's answer: the URL of its page, and the name of its project.

use langsmith::{Run, WorkspaceClient};
use serde_json::Value;

use super::member_json::{Json, received};
use super::resume_point::parse_time;
use super::value::text;

/// The context of the runs of one answer.
#[derive(Debug, Default)]
pub(super) struct Around {
    web_root: Option<String>,
    /// Projects by id, with their names.
    projects: Vec<(String, String)>,
}

impl Around {
    pub(super) fn new(caller: &WorkspaceClient<'_>, projects: Vec<(String, String)>) -> Self {
        Self { web_root: caller.web_root(), projects }
    }

    /// The URL of the run's page, made from the path that LangSmith sends.
    pub(super) fn url(&self, run: &Run<'_>) -> Json<'static> {
        let path = run.app_path.and_then(text).filter(|path| path.starts_with('/'));
        quoted(self.web_root.as_ref().zip(path).map(|(root, path)| format!("{root}{path}")))
    }

    /// The name of the run's project.
    pub(super) fn project_name(&self, run: &Run<'_>) -> Json<'static> {
        let id = run.session_id.and_then(text);
        let found = id.and_then(|id| self.projects.iter().find(|(project, _)| *project == id));
        quoted(found.map(|(_, name)| name.clone()))
    }
}

/// The duration of a run in seconds; null while it goes on.
pub(super) fn latency<'a>(run: &Run<'a>) -> Json<'a> {
    match run.start_time.and_then(parse_time).zip(run.end_time.and_then(parse_time)) {
        Some((start, end)) => {
            let seconds = ((end - start).as_seconds_f64() * 1000.0).round() / 1000.0;
            Json::Written(seconds.to_string())
        }
        None => received(None),
    }
}

fn quoted(text: Option<String>) -> Json<'static> {
    text.map_or(received(None), |text| Json::Written(Value::from(text).to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn around() -> Around {
        Around {
            web_root: Some("https://ls.example.com".to_owned()),
            projects: vec![("p".to_owned(), "my \"project\"".to_owned())],
        }
    }

    #[test]
    fn a_page_is_below_the_web_root() {
        let url = |run: &Value, around: &Around| {
            let json = run.to_string();
            around.url(&serde_json::from_str(&json).unwrap()).get().to_owned()
        };
        let run = json!({"app_path": "/o/w/projects/p/p/r/1?x=y"});
        assert_eq!(url(&run, &around()), r#""https://ls.example.com/o/w/projects/p/p/r/1?x=y""#);
        assert_eq!(url(&run, &Around::default()), "null");
        for other in [
            json!({}),
            json!({"app_path": null}),
            json!({"app_path": ".evil.example/x"}),
            json!({"app_path": 1}),
        ] {
            assert_eq!(url(&other, &around()), "null", "{other}");
        }
    }

    #[test]
    fn a_project_is_known_by_its_id() {
        let name = |json: &str| around().project_name(&serde_json::from_str(json).unwrap()).get().to_owned();
        assert_eq!(name(r#"{"session_id":"p"}"#), r#""my \"project\"""#);
        assert_eq!(name(r#"{"session_id":"q"}"#), "null");
        assert_eq!(name("{}"), "null");
    }

    #[test]
    fn a_latency_is_in_seconds() {
        for (start, end, expected) in [
            ("2026-01-01T00:00:00", "2026-01-01T00:00:01.500000", "1.5"),
            ("2026-01-01T00:00:00.000400", "2026-01-01T00:01:00.001400+00:00", "60.001"),
            ("2026-01-01T00:00:00", "2026-01-01T00:00:00", "0"),
        ] {
            let json = json!({"start_time": start, "end_time": end}).to_string();
            assert_eq!(latency(&serde_json::from_str(&json).unwrap()).get(), expected);
        }
        let going = r#"{"start_time":"2026-01-01T00:00:00","end_time":null}"#;
        assert_eq!(latency(&serde_json::from_str(going).unwrap()).get(), "null");
    }
}
