//! The tools that return to a run. They are a set without a prefix of its own: the same for the agents of all servers.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use primitives::clock::SharedClock;
use rmcp::model::ToolAnnotations;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answered::go_on;
use super::caller::Caller;
use super::keys::{RunHandle, RunKeys};
use super::{cancel, result, resume};
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::{integer_or, object, text};
use crate::toolset::{Context, Descriptor, ListError, Output, SetError, ToolError, ToolPage, Toolset};
use crate::toolsets::agents::access::Access;
use crate::toolsets::agents::{AgentDeps, Agents, envelope};

/// The names of the tools.
pub(in super::super) const NAMES: &[&str] = &[RESULT, CANCEL, RESUME];

const RESULT: &str = "agent_run_result";
const CANCEL: &str = "agent_run_cancel";
const RESUME: &str = "agent_resume";

/// The lifetime of their list in clients.
const LIFE: Duration = Duration::from_hours(1);

/// The tools, for the agents of these servers.
pub(in super::super) struct RunTools {
    servers: Vec<Arc<Agents>>,
    keys: RunKeys,
    clock: SharedClock,
}

impl RunTools {
    pub(in super::super) fn new(servers: Vec<Arc<Agents>>, deps: &AgentDeps) -> Self {
        Self { servers, keys: deps.keys.clone(), clock: deps.clock.clone() }
    }

    /// A call about the run with `handle`.
    fn caller<'a>(
        &'a self,
        context: &'a Context<'a>,
        (handle, call): (&RunHandle, Uuid),
    ) -> Result<Caller<'a>, ToolError> {
        let agents = self.servers.iter().find(|agents| agents.name() == handle.server);
        let agents = agents.ok_or_else(|| {
            ToolError::not_found(format!("The Agent Server {} is not connected any more.", handle.server))
        })?;
        Ok(Caller::new(agents, context, call))
    }

    /// Runs the tool.
    async fn run(
        &self,
        context: &Context<'_>,
        tool: &str,
        arguments: Option<&RawValue>,
    ) -> Result<Output, SetError> {
        let action = Action::of(tool).ok_or(SetError::UnknownTool)?;
        let person = Access::person(context.identity());
        let call = self.keys.call(&[person.as_bytes(), tool.as_bytes()], arguments);
        if let Some(input) = context.input() {
            let handle = self.keys.open_state((person, call), input.state, self.clock.now())?;
            let caller = self.caller(context, (&handle, call))?;
            return caller.named(go_on(&caller, &handle, input).await);
        }
        let read = |arguments: &mut Arguments<'_>| {
            let given = arguments.long_text("handle", 1_000)?.ok_or_else(|| missing("handle"))?;
            Ok((given, action.order(arguments)?))
        };
        let ((given, order), _) = Arguments::read_noting(arguments, read)?;
        let handle = self.keys.open(person, &given)?;
        let caller = self.caller(context, (&handle, call))?;
        caller.named(match order {
            Order::Wait(wait) => result::result(&caller, &handle, wait).await,
            Order::Cancel => cancel::cancel(&caller, &handle).await,
            Order::Answer(answers) => match resume::open_questions(&caller, &handle).await {
                Ok(open) => resume::answer(&caller, &handle, open, &answers).await,
                Err(error) => Err(error),
            },
        })
    }
}

/// The tools.
#[derive(Clone, Copy)]
enum Action {
    Result,
    Cancel,
    Resume,
}

/// A tool with its arguments other than the handle.
enum Order {
    Wait(Duration),
    Cancel,
    Answer(Map<String, Value>),
}

impl Action {
    fn of(tool: &str) -> Option<Self> {
        match tool {
            RESULT => Some(Self::Result),
            CANCEL => Some(Self::Cancel),
            RESUME => Some(Self::Resume),
            _ => None,
        }
    }

    fn order(self, arguments: &mut Arguments<'_>) -> Result<Order, ToolError> {
        Ok(match self {
            Self::Result => Order::Wait(result::wait(arguments)?),
            Self::Cancel => Order::Cancel,
            Self::Resume => Order::Answer(resume::answers(arguments)?),
        })
    }
}

impl Toolset for RunTools {
    fn list<'a>(
        &'a self,
        _context: &'a Context<'a>,
        cursor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>> {
        let page = match cursor {
            None => Ok(ToolPage::new(descriptors(), None, LIFE)),
            Some(_) => Err(ListError::Cursor),
        };
        Box::pin(async { page })
    }

    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        tool: &'a str,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>> {
        Box::pin(self.run(context, tool, arguments))
    }
}

fn descriptors() -> [Descriptor; 3] {
    let handle = ("handle", text("The handle that the agent's tool returned."));
    let wait = integer_or(20, "How many seconds to wait, at most 25; 0 answers at once.");
    let answers = object("The answer to each question by the question's id, each of the question's schema.");
    [
        described(
            (RESULT, "Result of an agent's run"),
            "Wait for the outcome of an agent's run. It may be called again until the status is no longer running.",
            ToolAnnotations::new().read_only(true).destructive(false).idempotent(true),
            &json!({"handle": handle.1, "wait_seconds": wait}),
        ),
        described(
            (CANCEL, "Cancel an agent's run"),
            "End an agent's run, also one that waits for answers.",
            ToolAnnotations::new().read_only(false).destructive(true).idempotent(true),
            &json!({"handle": handle.1}),
        ),
        described(
            (RESUME, "Answer an agent's questions"),
            "Answer the questions of an agent's run with status input_required, so that it goes on. Ask the person \
             for the answers, do not make them up.",
            ToolAnnotations::new().read_only(false).destructive(false).idempotent(false),
            &json!({"handle": handle.1, "answers": answers}),
        ),
    ]
}

fn described(
    (name, title): (&'static str, &'static str),
    description: &'static str,
    annotations: ToolAnnotations,
    properties: &Value,
) -> Descriptor {
    let required: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flat_map(|all| all.keys())
        .filter(|name| *name != "wait_seconds")
        .collect();
    let schema = json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    });
    let Value::Object(schema) = schema else { return Descriptor::new(name, description, Arc::default()) };
    let mut tool = Descriptor::new(name, description, Arc::new(schema));
    tool.title = Some(title.to_owned());
    tool.output_schema = Some(Arc::clone(envelope::schema()));
    tool.annotations = Some(annotations.open_world(true));
    tool
}
