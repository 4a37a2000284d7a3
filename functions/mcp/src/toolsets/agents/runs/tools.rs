//! The tools that return to a run. They are a set without a prefix of its own: the same for the agents of all servers.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use oauth::scope::Scope;
use rmcp::model::ToolAnnotations;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use shared::mcp::scopes::AGENT_RUN_TOOLS;
use uuid::Uuid;

use super::agent_call::AgentCall;
use super::answered::go_on;
use super::resume::{self, Resumption};
use super::{outcome, task};
use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::schema::tool_schema::{integer_or, object, text};
use crate::toolset::{
    Context, Descriptor, ListError, Output, SetError, TaskAnswer, TaskRequest, ToolError, ToolPage, Toolset,
};
use crate::toolsets::agents::access::Access;
use crate::toolsets::agents::{AgentServers, envelope};

/// The names of the tools, which have no prefix.
pub(in super::super) const NAMES: &[&str] = &AGENT_RUN_TOOLS;

const RESULT: &str = AGENT_RUN_TOOLS[0];
const CANCEL: &str = AGENT_RUN_TOOLS[1];
const RESUME: &str = AGENT_RUN_TOOLS[2];

/// The lifetime of their list in clients.
const LIFE: Duration = Duration::from_hours(1);

/// The set of these tools, for the agents of all servers.
pub(in super::super) struct RunTools(AgentServers);

impl RunTools {
    pub(in super::super) const fn new(servers: AgentServers) -> Self {
        Self(servers)
    }

    /// Does what `tool` is for, or goes on with a call that required input.
    async fn run(
        &self,
        context: &Context<'_>,
        tool: &str,
        arguments: Option<&RawValue>,
    ) -> Result<Output, SetError> {
        let action = Action::of(tool).ok_or(SetError::UnknownTool)?;
        let person = Access::person(context.identity());
        let id = self.0.keys.call(&[person.as_bytes(), tool.as_bytes()], arguments);
        if let Some(input) = context.input() {
            let handle = self.0.keys.open_state((person, id), input.state, self.0.clock.now())?;
            let agents = self.0.of(context, &handle).await?;
            let call = AgentCall::new(&agents, context, id).await?;
            return agents.naming_itself(context.identity(), go_on(&call, &handle, input).await);
        }
        let read = |arguments: &mut Arguments<'_>| {
            let given = arguments.long_text("handle", 1_000)?.ok_or_else(|| missing("handle"))?;
            Ok((given, action.order(arguments)?))
        };
        let ((given, order), _) = Arguments::read_noting(arguments, read)?;
        let handle = self.0.keys.open(person, &given)?;
        let agents = self.0.of(context, &handle).await?;
        let call = AgentCall::new(&agents, context, id).await?;
        let result = match order {
            Order::Wait(wait) => outcome::result(&call, &handle, wait).await,
            Order::Cancel => outcome::cancel(&call, &handle).await,
            Order::Answer(answers) => match Resumption::begin(&call, &handle).await {
                Ok(resumption) => resumption.answer(answers).await,
                Err(error) => Err(error),
            },
        };
        agents.naming_itself(context.identity(), result)
    }
}

/// A tool, by what it does with a run.
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
            Self::Result => Order::Wait(outcome::wait_seconds(arguments)?),
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

    fn scope(&self, _tool: &str) -> Scope {
        Scope::AgentsRun
    }

    fn task_scope(&self) -> Option<Scope> {
        Some(Scope::AgentsRun)
    }

    fn task<'a>(
        &'a self,
        context: &'a Context<'a>,
        id: &'a str,
        request: TaskRequest<'a>,
    ) -> BoxFuture<'a, Result<TaskAnswer, SetError>> {
        Box::pin(async move {
            let person = Access::person(context.identity());
            let handle = self.0.keys.open(person, id).map_err(|_| SetError::UnknownTask)?;
            let agents = self.0.of(context, &handle).await?;
            let call = AgentCall::new(&agents, context, Uuid::nil()).await?;
            agents.naming_itself(context.identity(), task::run(&call, &handle, (id, request)).await)
        })
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
    let wait = integer_or(
        20,
        "How many seconds to wait; 0 answers at once. Without progress reports it is 25 at most.",
    );
    let answers = object(
        "The answer to each question, by the id of the question. It must fit the schema of the question.",
    );
    [
        described(
            (RESULT, "Result of an agent's run"),
            "Wait for the outcome of an agent's run. If the status is running, call it again; if it is input_required, \
             ask the person and call agent_resume.",
            ToolAnnotations::new().read_only(true).destructive(false).idempotent(true),
            &json!({"handle": handle.1, "wait_seconds": wait}),
        ),
        described(
            (CANCEL, "Cancel an agent's run"),
            "End an agent's run, also one that waits for answers. To run the agent again, call its own tool.",
            ToolAnnotations::new().read_only(false).destructive(true).idempotent(true),
            &json!({"handle": handle.1}),
        ),
        described(
            (RESUME, "Answer an agent's questions"),
            "Answer the questions of an agent's run with status input_required, so that it goes on. Ask the person \
             for the answers, do not make them up. The result may have further questions: answer them the same way.",
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
