//! The sample data: who exists, and what their workspaces hold.

mod bench;
mod catalog;
mod column;
mod demo;
mod draft;
mod ids;
pub(crate) mod moment;
pub(crate) mod people;
mod prompts;
mod run;
mod session;
mod traces;
mod world;

pub use ids::sample_id;
pub use people::{
    ADA, ADA_KEY, ADA_WORKSPACE, GRACE, GRACE_KEY, LIMITED_KEY, ORGANIZATION, SERVICE_KEY, TEAM_WORKSPACE,
};

pub(crate) use catalog::StoredPrompt;
pub(crate) use column::Selection;
pub(crate) use run::{Facts, Run};
pub(crate) use session::Session;
pub(crate) use world::World;

use time::OffsetDateTime;

use crate::Dataset;

/// The world of a dataset, its times counted back from `now`.
pub(crate) fn world(dataset: Dataset, now: OffsetDateTime) -> World {
    let mut world = World::default();
    match dataset {
        Dataset::Demo => demo::fill(&mut world, now),
        Dataset::Bench => bench::fill(&mut world, now),
    }
    prompts::fill(&mut world, now);
    world
}
