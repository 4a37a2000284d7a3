//! The members of LangSmith's answers that the server under test reads: those named in the types of
//! `langsmith/src`. Other members are ignored there, or passed on unchanged.

/// An answer and its members that are read. A star stands for one segment of a path, or for one name in a member.
pub(crate) struct Reads {
    pub(crate) method: &'static str,
    /// Below `/api/v1`, or from the version on.
    pub(crate) path: &'static str,
    pub(crate) members: &'static [&'static str],
}

const fn reads(method: &'static str, path: &'static str, members: &'static [&'static str]) -> Reads {
    Reads { method, path, members }
}

/// The members of an example, in any answer.
const EXAMPLE: [&str; 8] =
    ["id", "dataset_id", "inputs", "outputs", "metadata", "created_at", "modified_at", "source_run_id"];

/// All answers that are read.
pub(crate) const READ: &[Reads] = &[
    reads("GET", "/me/ls_user_id", &[""]),
    reads(
        "GET",
        "/workspaces",
        &[
            "[].id",
            "[].display_name",
            "[].organization_id",
            "[].tenant_handle",
            "[].is_personal",
            "[].is_deleted",
            "[].data_plane_url",
            "[].role_name",
            "[].permissions",
        ],
    ),
    reads("GET", "/workspaces/*", &["id", "display_name", "organization_id"]),
    reads(
        "GET",
        "/info",
        &["instance_flags", "instance_flags.ch_query_enabled", "instance_flags.sdb_query_enabled"],
    ),
    reads("GET", "/orgs/current/billing/usage", &["", "[].billable_metric_name", "[].groups", "[].value"]),
    reads(
        "GET",
        "/sessions",
        &[
            "",
            "[].id",
            "[].tenant_id",
            "[].name",
            "[].start_time",
            "[].end_time",
            "[].description",
            "[].extra",
            "[].reference_dataset_id",
            "[].last_run_start_time",
        ],
    ),
    reads(
        "POST",
        "/sessions",
        &["id", "tenant_id", "start_time", "end_time", "extra", "reference_dataset_id"],
    ),
    reads(
        "GET",
        "/sessions/*",
        &["run_count", "feedback_stats", "feedback_stats.*.n", "feedback_stats.*.avg"],
    ),
    reads("PATCH", "/sessions/*", &[]),
    reads(
        "GET",
        "/datasets",
        &[
            "",
            "[].id",
            "[].name",
            "[].tenant_id",
            "[].description",
            "[].data_type",
            "[].inputs_schema_definition",
            "[].outputs_schema_definition",
            "[].metadata",
            "[].example_count",
            "[].session_count",
            "[].created_at",
            "[].modified_at",
            "[].last_session_start_time",
        ],
    ),
    reads("POST", "/datasets", &["id", "tenant_id"]),
    reads("GET", "/datasets/*", &["id", "name", "description", "data_type", "example_count", "tenant_id"]),
    reads("GET", "/datasets/*/version", &["as_of"]),
    reads(
        "GET",
        "/examples",
        &[
            "",
            "[].id",
            "[].dataset_id",
            "[].inputs",
            "[].outputs",
            "[].metadata",
            "[].metadata.dataset_split",
            "[].created_at",
            "[].modified_at",
            "[].source_run_id",
        ],
    ),
    reads("GET", "/examples/*", &EXAMPLE),
    reads("POST", "/examples/bulk", &[]),
    reads("PATCH", "/examples/bulk", &[]),
    reads(
        "POST",
        "/runs/query",
        &[
            "runs",
            "cursors",
            "cursors.next",
            "runs[].id",
            "runs[].trace_id",
            "runs[].session_id",
            "runs[].start_time",
            "runs[].end_time",
            "runs[].inputs",
            "runs[].outputs",
            "runs[].extra",
            "runs[].run_type",
            "runs[].status",
            "runs[].error",
            "runs[].tags",
            "runs[].dotted_order",
            "runs[].reference_example_id",
        ],
    ),
    reads(
        "POST",
        "/v2/runs/query",
        &[
            "items",
            "next_cursor",
            "items[].id",
            "items[].trace_id",
            "items[].project_id",
            "items[].start_time",
            "items[].end_time",
            "items[].inputs",
            "items[].outputs",
            "items[].extra",
            "items[].metadata",
            "items[].run_type",
            "items[].status",
            "items[].error",
            "items[].tags",
        ],
    ),
    reads("POST", "/runs/batch", &["errors"]),
    reads("GET", "/feedback", &["", "[].id", "[].score", "[].value", "[].comment"]),
    reads("POST", "/feedback", &[]),
    reads(
        "GET",
        "/repos",
        &[
            "repos",
            "total",
            "repos[].repo_handle",
            "repos[].id",
            "repos[].description",
            "repos[].is_public",
            "repos[].tags",
            "repos[].owner",
            "repos[].full_name",
            "repos[].created_at",
            "repos[].updated_at",
            "repos[].tenant_id",
        ],
    ),
    reads(
        "POST",
        "/repos",
        &["repo", "repo.repo_handle", "repo.id", "repo.is_public", "repo.tags", "repo.description"],
    ),
    reads(
        "GET",
        "/repos/*/*",
        &["repo", "repo.repo_handle", "repo.id", "repo.is_public", "repo.tags", "repo.description"],
    ),
    reads("PATCH", "/repos/*/*", &["repo", "repo.repo_handle", "repo.id", "repo.is_public", "repo.tags"]),
    reads("POST", "/repos/*/*/tags", &[]),
    reads("PATCH", "/repos/*/*/tags/*", &[]),
    reads("GET", "/commits/*/*", &["commits", "commits[].id", "commits[].commit_hash"]),
    reads("POST", "/commits/*/*", &["commit", "commit.commit_hash"]),
    reads("GET", "/commits/*/*/*", &["commit_hash", "manifest", "manifest.*"]),
];

/// The members read from the answer to a request; `None` if the request is not in the table.
pub(crate) fn reads_of(method: &str, path: &str) -> Option<&'static Reads> {
    let (_, below) = path.split_once("/api/v1").unwrap_or(("", path));
    READ.iter().find(|reads| reads.method == method && segments_match(reads.path, below, '/'))
}

impl Reads {
    /// Whether this place in an answer is read.
    pub(crate) fn has(&self, place: &str) -> bool {
        self.members.iter().any(|member| segments_match(member, place, '.'))
    }
}

pub(super) fn segments_match(pattern: &str, text: &str, between: char) -> bool {
    let (mut pattern, mut text) = (pattern.split(between), text.split(between));
    loop {
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) if expected == "*" || expected == found => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_below_any_endpoint() {
        for (method, path, found) in [
            ("GET", "/api/v1/sessions/<uuid>", Some("/sessions/*")),
            ("GET", "/langsmith/api/v1/sessions", Some("/sessions")),
            ("POST", "/v2/runs/query", Some("/v2/runs/query")),
            ("DELETE", "/api/v1/sessions/<uuid>", None),
            ("GET", "/api/v1/sessions/<uuid>/views", None),
        ] {
            assert_eq!(reads_of(method, path).map(|reads| reads.path), found, "{method} {path}");
        }
    }

    #[test]
    fn a_star_is_one_name() {
        let session = reads_of("GET", "/api/v1/sessions/<uuid>").unwrap();
        assert!(session.has("feedback_stats.correct.avg"));
        assert!(!session.has("feedback_stats.correct.avg.more"));
        assert!(!session.has("name"));
    }
}
