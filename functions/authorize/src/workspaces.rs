//! The workspaces that a browser session keeps, within the size of one DynamoDB item (400 KB).

use langsmith::Workspace;
use shared::store::WorkspaceEntry;

/// How many workspaces the consent page lists.
pub(crate) const LISTED: usize = 200;
/// The maximum length of a name or handle, in characters; longer ones are cut.
const MAX_NAME: usize = 200;
/// The maximum length of an identifier, in bytes; LangSmith's are UUIDs.
const MAX_ID: usize = 64;

/// The workspaces that a session keeps: one more than is listed, to tell that there are more.
pub(crate) fn kept(workspaces: Vec<Workspace>) -> Vec<WorkspaceEntry> {
    workspaces
        .into_iter()
        .filter(|workspace| is_id(workspace.id.as_str()))
        .take(LISTED + 1)
        .map(entry)
        .collect()
}

/// The workspaces that the consent page lists.
pub(crate) fn listed(kept: &[WorkspaceEntry]) -> &[WorkspaceEntry] {
    kept.get(..LISTED).unwrap_or(kept)
}

/// Whether this may be an identifier of LangSmith's. A longer one is not cut, because it would name something else.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len())
}

fn entry(workspace: Workspace) -> WorkspaceEntry {
    let bounded = |text: String| text.chars().take(MAX_NAME).collect();
    WorkspaceEntry {
        id: workspace.id,
        name: bounded(workspace.display_name),
        handle: workspace.handle.map(bounded),
        servers: workspace.servers,
    }
}

#[cfg(test)]
mod tests {
    use primitives::ids::WorkspaceId;
    use primitives::server_permissions::ServerPermissions;

    use super::*;

    fn workspace(id: &str) -> Workspace {
        Workspace {
            id: WorkspaceId::new(id),
            display_name: "é".repeat(10_000),
            handle: Some("h".repeat(10_000)),
            data_plane_url: Some("https://dp.example.com".to_owned()),
            servers: ServerPermissions::ALL,
        }
    }

    #[test]
    fn names_are_cut_and_foreign_ids_left_out() {
        let kept = kept(vec![workspace(&"x".repeat(65)), workspace(""), workspace(&"x".repeat(64))]);
        let [only] = kept.as_slice() else { panic!("{} are kept", kept.len()) };
        assert_eq!(only.id.as_str(), "x".repeat(64));
        assert_eq!(only.name, "é".repeat(200));
        assert_eq!(only.handle, Some("h".repeat(200)));
    }

    #[test]
    fn what_is_kept_tells_whether_all_are_listed() {
        for (count, listed_count, all) in
            [(1, 1, true), (200, 200, true), (201, 200, false), (999, 200, false)]
        {
            let kept = kept((0..count).map(|index| workspace(&index.to_string())).collect());
            let listed = listed(&kept);
            assert_eq!((listed.len(), listed.len() == kept.len()), (listed_count, all), "{count}");
            assert_eq!(listed[0].id.as_str(), "0");
        }
    }

    #[test]
    fn the_largest_session_fits_into_an_item() {
        let mut longest = workspace(&"x".repeat(64));
        longest.display_name = "🦀".repeat(1000);
        longest.handle = Some("🦀".repeat(1000));
        let kept = kept(vec![longest; 1000]);
        assert!(serde_json::to_vec(&kept).unwrap().len() < 390_000);
    }
}
