//! The sample data: users, workspaces, and their content.

mod bench;
pub(crate) mod bulk;
mod column;
mod demo;
mod draft;
mod examples;
mod feedback;
pub(crate) mod ids;
mod large;
mod manifests;
pub(crate) mod moment;
pub(crate) mod people;
mod prompts;
mod run;
mod session;
mod threads;
mod traces;
mod world;

pub use ids::sample_id;
pub use people::{
    ADA, ADA_KEY, ADA_WORKSPACE, GRACE, GRACE_KEY, LIMITED_KEY, ORGANIZATION, ORGANIZATION_KEY,
    ORGANIZATION_NAME, SERVICE_KEY, TEAM_WORKSPACE,
};

pub(crate) use column::Selection;
pub(crate) use draft::wire;
pub(crate) use feedback::{Feedback, Mark};
pub(crate) use run::{Facts, Run};
pub(crate) use session::{ProjectDraft, Session, Stats};
pub(crate) use world::World;

use time::OffsetDateTime;

use crate::Dataset;

/// The world of a dataset, its times relative to `now`.
pub(crate) fn world(dataset: Dataset, now: OffsetDateTime) -> World {
    let mut world = World::default();
    match dataset {
        Dataset::Demo => demo::fill(&world, now),
        Dataset::Bench => bench::fill(&world, now),
        Dataset::Large => large::fill(&world, now),
    }
    prompts::fill(&mut world, now);
    world
}
