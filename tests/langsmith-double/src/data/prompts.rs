//! The prompts of both workspaces and a few public ones.

use time::{Duration, OffsetDateTime};
use uuid::{Uuid, uuid};

use super::catalog::PromptDraft;
use super::people::{ADA_WORKSPACE, TEAM_WORKSPACE};
use super::world::World;

/// Owner of the public prompts: a workspace that no sample user belongs to.
const COMMUNITY: Uuid = uuid!("5a3e0000-0000-4000-8000-0000000000c0");

/// How many prompts the team workspace keeps beside the named ones: more than one page of the default size.
const NUMBERED: u32 = 24;

/// Adds the prompts.
pub(crate) fn fill(world: &mut World, now: OffsetDateTime) {
    let named = [
        ("support-agent", "Answers a customer with the shop's documents", "ChatPromptTemplate"),
        ("summarise-report", "Shortens a nightly report to two sentences", "PromptTemplate"),
        ("grade-answer", "Judges an answer against a reference, with a schema", "StructuredPrompt"),
        ("höflich-antworten", "Antwortet höflich auf Deutsch", "ChatPromptTemplate"),
    ];
    let mut age = 0;
    let mut draft = |workspace: Uuid, handle: &str, description: &str, tag: &str| {
        age += 1;
        PromptDraft {
            workspace,
            handle: handle.to_owned(),
            owner: None,
            description: description.to_owned(),
            tags: vec![tag.to_owned()],
            is_public: false,
            is_archived: false,
            updated: now - Duration::hours(age),
            popularity: u32::try_from(age * 7 % 23).unwrap_or_default(),
        }
    };
    let mut drafts: Vec<PromptDraft> =
        named.iter().map(|(handle, text, tag)| draft(TEAM_WORKSPACE, handle, text, tag)).collect();
    for number in 1..=NUMBERED {
        drafts.push(draft(
            TEAM_WORKSPACE,
            &format!("snippet-{number:02}"),
            "A reusable snippet",
            "PromptTemplate",
        ));
    }
    let archived = draft(TEAM_WORKSPACE, "support-agent-v1", "Superseded", "ChatPromptTemplate");
    drafts.push(PromptDraft { is_archived: true, ..archived });
    drafts.push(draft(ADA_WORKSPACE, "diary-helper", "Private to Ada", "ChatPromptTemplate"));
    for (handle, text) in
        [("rag-answer", "Answers from documents"), ("sql-writer", "Writes SQL from a question")]
    {
        let public = draft(COMMUNITY, handle, text, "ChatPromptTemplate");
        drafts.push(PromptDraft { is_public: true, owner: Some("community"), ..public });
    }
    world.prompts = drafts.into_iter().map(PromptDraft::finish).collect();
}
