//! The prompts of both workspaces and a few public ones.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::{Uuid, uuid};

use super::ids::sample_id;
use super::manifests::Message::{Fixed, Optional, Role, Template};
use super::manifests::{chat, mustache, not_implemented, partial, string, structured, with_model};
use super::people::{ADA_WORKSPACE, TEAM_WORKSPACE};
use super::world::World;
use crate::prompts::{Repo, type_tag};

/// A workspace and its handle.
type Tenant = (Uuid, Option<&'static str>);

const TEAM: Tenant = (TEAM_WORKSPACE, Some("sample-team"));
const ADA: Tenant = (ADA_WORKSPACE, None);
/// The owner of the public prompts: a workspace without any sample user.
const COMMUNITY: Tenant = (uuid!("5a3e0000-0000-4000-8000-0000000000c0"), Some("community"));

/// How many further prompts the team workspace has besides the named ones: more than one page of the default size.
const NUMBERED: u32 = 24;

/// Adds the prompts.
pub(crate) fn fill(world: &mut World, now: OffsetDateTime) {
    let mut repos: Vec<Repo> = Vec::new();
    let mut add = |tenant: Tenant, handle: &str, description: &str, manifests: Vec<Value>| {
        let age = i64::try_from(repos.len()).unwrap_or_default() + 1;
        repos.push(repo(tenant, (handle, description), manifests, now, age));
    };
    for (handle, description, manifests) in prompts_of_each_kind() {
        add(TEAM, handle, description, manifests);
    }
    for number in 1..=NUMBERED {
        let snippet = string(&["text"], &format!("Snippet {number}: {{text}}"));
        add(TEAM, &format!("snippet-{number:02}"), "A reusable snippet", vec![snippet]);
    }
    let old = chat(&["question"], &[Template("Human", "{question}")]);
    add(TEAM, "support-agent-v1", "Superseded", vec![old.clone()]);
    add(ADA, "diary-helper", "Private to Ada", vec![old]);
    let rag = chat(&["context", "question"], &[Template("Human", "{question}\n\n{context}")]);
    add(COMMUNITY, "rag-answer", "Answers from documents", vec![rag]);
    add(
        COMMUNITY,
        "sql-writer",
        "Writes SQL from a question",
        vec![mustache(&["question"], "SQL: {{question}}")],
    );
    for repo in &mut repos {
        repo.is_archived = repo.handle == "support-agent-v1";
        repo.is_public = repo.workspace == COMMUNITY.0;
    }
    world.prompts = repos.into_iter().collect();
}

/// Name, description and manifests (oldest first) of one prompt of each kind.
fn prompts_of_each_kind() -> Vec<(&'static str, &'static str, Vec<Value>)> {
    let system = Template("System", "You answer customers of {shop} with this:\n{context}");
    let first = chat(&["context", "question", "shop"], &[system, Template("Human", "{question}")]);
    let system = Template("System", "You answer customers of {shop}. Use only this:\n{context}");
    let agent = [
        system,
        Optional("history"),
        Template("Human", "{question}"),
        Role("critic", "Is {question} in scope?"),
    ];
    let agent = chat(&["context", "question", "shop"], &agent);
    let report = string(&["report"], "Shorten to two sentences:\n\n{report}");
    let grade = [
        Fixed("System", json!("You judge answers. A score is {not} a variable here.")),
        Template("Human", "Question: {question}\nExpected: {expected}\nGiven: {answer}"),
    ];
    let schema = json!({
        "title": "Grade",
        "description": "How good an answer is",
        "type": "object",
        "properties": {"score": {"type": "number"}, "reason": {"type": "string"}},
        "required": ["score"],
    });
    let grade = structured(&["answer", "expected", "question"], &grade, schema);
    let polite = [Template("System", "Antworte höflich auf {sprache}. 😀"), Template("Human", "{frage}")];
    let polite = partial(&["frage"], &polite, json!({"sprache": "Deutsch (für Gäste)"}));
    let triage = chat(
        &["ticket"],
        &[Template("System", "Sort the ticket into a queue."), Template("Human", "{ticket}")],
    );
    vec![
        ("support-agent", "Answers a customer with the shop's documents", vec![first, agent]),
        ("summarise-report", "Shortens a nightly report to two sentences", vec![report]),
        ("grade-answer", "Judges an answer against a reference, with a schema", vec![grade]),
        ("höflich-antworten", "Antwortet höflich auf Deutsch", vec![polite]),
        ("triage-ticket", "Sorts a ticket, with its model", vec![with_model(&triage, "gpt-4o-mini")]),
        ("few-shot-router", "Routes by examples", vec![not_implemented()]),
    ]
}

/// A private prompt whose first commit is tagged `v1` and `production`.
fn repo(
    tenant: Tenant,
    (handle, description): (&str, &str),
    manifests: Vec<Value>,
    now: OffsetDateTime,
    age: i64,
) -> Repo {
    let created = now - Duration::hours(age) - Duration::days(9);
    let mut repo = Repo::new(sample_id(&format!("prompt:{handle}")), tenant, handle.to_owned(), created);
    description.clone_into(&mut repo.description);
    for (number, manifest) in (0_i64..).zip(manifests) {
        repo.tags = type_tag(&manifest).into_iter().collect();
        repo.commit(manifest, None, created + Duration::days(number));
        if number == 0 {
            repo.tag_newest("v1");
            repo.tag_newest("production");
        }
    }
    repo.updated = now - Duration::hours(age);
    repo.popularity = u32::try_from(age * 7 % 23).unwrap_or_default();
    repo
}
