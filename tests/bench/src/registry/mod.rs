//! The registry of MCP servers: a cached list of tools against the bare read of it, a list that is fetched against the same
//! request of the load client, how often a server is asked for one list, and what the changes of a server take.

mod changes;
mod hits;
mod misses;
mod requests;

use registry_tests::upstream::{Era, Upstream, tool};
use tempfile::TempDir;
use url::Url;

use crate::plan::Plan;
use crate::systems::{self, Server};
use crate::table::Section;
use crate::{Outcome, progress};

/// This server, its double, and an MCP server within this program.
struct World {
    ours: Server,
    upstream: Upstream,
    /// The id of the key's workspace.
    workspace: String,
    folder: TempDir,
    _double: Server,
}

impl World {
    async fn start(plan: &Plan) -> Outcome<Self> {
        let folder = systems::scratch(plan)?;
        let double = systems::double(plan, folder.path()).await?;
        let arguments = ["--allow-private-servers".to_owned()];
        let ours = systems::ours_with(plan, folder.path(), &double.url, &arguments).await?;
        let upstream = Upstream::start(Era::Modern).await;
        let workspace = requests::workspace(&double.url).await?;
        Ok(Self { ours, upstream, workspace, folder, _double: double })
    }

    fn url(&self) -> &Url {
        &self.ours.url
    }

    /// Lets the MCP server have so many tools, on one page.
    fn have_tools(&self, count: usize) {
        let mut behaviour = self.upstream.behaviour();
        behaviour.page = count;
        let described = "Searches the documents of the team and answers with the passages that fit best.";
        behaviour.tools = (0..count).map(|number| tool(&format!("tool_{number}"), described)).collect();
    }
}

/// The tables of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Vec<Section>> {
    progress("registry: this server and an MCP server start");
    let world = World::start(plan).await?;
    Ok(vec![
        hits::measure(plan, &world).await?,
        misses::measure(plan, &world).await?,
        changes::measure(plan, &world).await?,
    ])
}
