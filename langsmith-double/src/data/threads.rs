//! Conversations in the recordings of different applications: with the last messages, with all of them, with only the
//! new one; in LangChain's format, in OpenAI's, in both at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::draft::{Draft, Trace};
use super::people::TEAM_WORKSPACE;
use super::run::Run;
use super::session::ProjectDraft;
use super::traces::step;
use super::world::World;

/// The number of turns in thread `long-chat`: more calls than one page of a query.
const LONG: usize = 120;
/// How many of the last messages its application sends.
const MEMORY: usize = 8;
/// The number of turns in thread `endless`: more than any reader takes at once.
const ENDLESS: usize = 1100;
/// The size of the huge message, in characters.
const HUGE: usize = 60_000;

/// The customer's messages to the LangChain application, and its answers.
const SMALL_TALK: [(&str, &str); 4] = [
    ("Guten Tag, was kostet der Versand?", "Innerhalb der EU 4,90 €."),
    ("送料は日本まで？", "日本までは 12 € です。🚢"),
    ("Danke!", "Gern geschehen."),
    ("Danke!", "Gern geschehen."),
];

/// Adds project `conversations`.
pub(crate) fn fill(world: &World, now: OffsetDateTime) {
    let mut book =
        Book { project: "conversations", began: now - Duration::days(10), runs: Vec::new(), turns: 0 };
    long_chat(&mut book);
    langchain(&mut book);
    short_memory(&mut book);
    odd(&mut book);
    book.close(world, now);
}

/// Adds project `large-conversations`.
pub(crate) fn fill_large(world: &World, now: OffsetDateTime) {
    let mut book =
        Book { project: "large-conversations", began: now - Duration::days(10), runs: Vec::new(), turns: 0 };
    for turn in 0..ENDLESS {
        let (question, answer) = (user(&format!("Question {turn}")), assistant(&format!("Answer {turn}")));
        book.add_turn(("session_id", "endless"), vec![call(None, &json!([question]), &answer)]);
    }
    book.close(world, now);
}

/// The traces of one project, a minute apart.
struct Book {
    project: &'static str,
    began: OffsetDateTime,
    runs: Vec<Run>,
    turns: usize,
}

impl Book {
    fn add_turn(&mut self, (key, thread): (&str, &str), drafts: Vec<Draft>) {
        let minutes = i64::try_from(self.turns).unwrap_or(i64::MAX);
        let trace = Trace {
            workspace: TEAM_WORKSPACE,
            project: self.project,
            number: self.turns,
            began: self.began + Duration::minutes(minutes),
            tags: Vec::new(),
            metadata: Map::from_iter([(key.to_owned(), json!(thread))]),
            feedback: BTreeMap::new(),
            reference_example: None,
            reference_dataset: None,
        };
        self.runs.extend(trace.finish(drafts));
        self.turns += 1;
    }

    fn close(self, world: &World, now: OffsetDateTime) {
        let project = ProjectDraft {
            workspace: TEAM_WORKSPACE,
            name: self.project.to_owned(),
            description: Some("Conversations of several applications"),
            started: now - Duration::days(40),
            metadata: json!({}),
            reference_dataset: None,
        };
        world.add(project, self.runs);
    }
}

/// An application that sends the last few messages.
fn long_chat(book: &mut Book) {
    let mut said: Vec<Value> = Vec::new();
    for turn in 0..LONG {
        said.push(user(&format!("Question {turn}")));
        let answer = assistant(&format!("Answer {turn}"));
        let last = said.get(said.len().saturating_sub(MEMORY)..).unwrap_or_default();
        book.add_turn(("session_id", "long-chat"), vec![call(None, &json!(last), &answer)]);
        said.push(answer);
    }
}

/// An application that sends the whole history, traced by LangChain and, one level deeper, by the wrapped client. Its
/// instructions contain the time of day.
fn langchain(book: &mut Book) {
    let mut said: Vec<(&str, &str)> = Vec::new();
    for (turn, (question, answer)) in SMALL_TALK.into_iter().enumerate() {
        let instructions = format!("It is {}:00. Be polite.", 9 + turn);
        said.push(("Human", question));
        let system = [("System", instructions.as_str())];
        let both = || system.iter().chain(&said);
        let objects: Vec<Value> = both().map(|(kind, text)| constructor(kind, text)).collect();
        let plain: Vec<Value> =
            both().map(|(kind, text)| json!({"role": role(kind), "content": text})).collect();
        let message = constructor("AI", answer);
        let generation =
            json!({"text": answer, "generation_info": null, "type": "ChatGeneration", "message": message});
        let drafts = vec![
            step("Chain", "chain", None, (0, 900), json!({"input": question}), json!({"output": answer})),
            step(
                "ChatOpenAI",
                "llm",
                Some(0),
                (10, 800),
                json!({"messages": [objects]}),
                json!({"generations": [[generation]], "llm_output": null, "run": null}),
            ),
            call(Some(1), &json!(plain), &assistant(answer)),
        ];
        book.add_turn(("thread_id", "langchain-chat"), drafts);
        said.push(("AI", answer));
    }
}

/// An application with a stateful model: it sends only the new message, and users repeat themselves.
fn short_memory(book: &mut Book) {
    for (question, answer) in
        [("Shall we go on?", "Say yes."), ("yes", "Really?"), ("yes", "Really?"), ("言った！", "So be it.")]
    {
        let inputs = json!({"messages": [user(question)]});
        let outputs = json!({"message": assistant(answer)});
        let draft = step("Model", "llm", None, (0, 300), inputs, outputs);
        book.add_turn(("conversation_id", "say \"yes\" \\ 言語 😀"), vec![draft]);
    }
}

fn odd(book: &mut Book) {
    let silent = step("Model", "llm", None, (0, 300), json!({"question": "?"}), json!({"answer": "!"}));
    book.add_turn(("thread_id", "no-messages"), vec![silent]);
    let long = "Größe ".repeat(HUGE / 6);
    book.add_turn(
        ("thread_id", "one-huge-message"),
        vec![call(None, &json!([user(&long)]), &assistant("Too long."))],
    );
}

fn call(parent: Option<usize>, messages: &Value, answer: &Value) -> Draft {
    let outputs = json!({"choices": [{"index": 0, "finish_reason": "stop", "message": answer}]});
    let span = if parent.is_some() { (20, 700) } else { (0, 800) };
    step("ChatModel", "llm", parent, span, json!({"messages": messages}), outputs)
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

fn assistant(text: &str) -> Value {
    json!({"role": "assistant", "content": text})
}

fn role(kind: &str) -> &'static str {
    match kind {
        "Human" => "user",
        "AI" => "assistant",
        _ => "system",
    }
}

/// A message serialized by LangChain.
fn constructor(kind: &str, text: &str) -> Value {
    let path = ["langchain", "schema", "messages", &format!("{kind}Message")].map(str::to_owned);
    json!({"lc": 1, "type": "constructor", "id": path, "kwargs": {"content": text, "type": kind.to_lowercase()}})
}
