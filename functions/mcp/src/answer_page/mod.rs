//! `/agents/answer/{link}`: the page on which a person answers an agent's questions, for clients that cannot ask them.
//! The link is sealed for one run; the page is shown to nobody but the person whose call it is, in a browser in which
//! they are logged in.
//!
//! It belongs to this function because only here the credential for the Agent Server can be opened. The login itself is
//! the authorization server's.

mod answers;
mod error;
mod field;
mod question;
mod submitted;
mod ticket;
mod view;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use http::{HeaderMap, StatusCode};
use langsmith::LangSmith;
use oauth::public_url::PublicUrl;
use oauth::return_to::ANSWER_PATH;
use primitives::deadline::Deadline;
use shared::store::Sessions;
use shared::web::request_id::RequestId;
use shared::web::{cors, page};

use self::error::{AnswerError, Problem};
use self::question::AskedQuestion;
use self::submitted::{Decision, Submitted};
use self::view::{AnswerPage, AnsweredPage};
use self::visitor::Visitor;
use crate::auth::Consents;
use crate::toolset::Context;
use crate::toolsets::agents::{AgentServers, Question, RunVisit};

/// The route, for every method.
pub(crate) const ROUTE: &str = "/agents/answer/{link}";

/// The time limit of a request.
const LIMIT: Duration = Duration::from_secs(20);

/// The parts that the page is built from.
#[derive(Clone)]
pub struct AnswerDeps {
    /// The Agent Servers whose runs it knows.
    pub servers: AgentServers,
    /// The person's access, by the consent of the call.
    pub consents: Arc<dyn Consents>,
    /// The browsers' sessions.
    pub sessions: Sessions,
    /// The configured LangSmith client.
    pub langsmith: LangSmith,
    /// The base of our addresses.
    pub public: PublicUrl,
}

/// The route of the page. Without agents, no link leads to one.
pub(crate) fn router(deps: Option<AnswerDeps>) -> Router {
    let other = async |Extension(id): Extension<RequestId>| AnswerError { problem: Problem::WrongMethod, id };
    let nothing = async |Extension(id): Extension<RequestId>| AnswerError { problem: Problem::Link, id };
    let router = match deps {
        Some(deps) => {
            let page = get(show).post(submit).fallback(other);
            Router::new().route(ROUTE, page).with_state(Arc::new(deps))
        }
        None => Router::new().route(ROUTE, get(nothing).post(nothing).fallback(other)),
    };
    router.layer(from_fn(cors::preflights))
}

/// Shows the open questions.
async fn show(
    State(deps): State<Arc<AnswerDeps>>,
    Extension(id): Extension<RequestId>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AnswerError> {
    with_id(id, async |id| {
        let visitor = Visitor::of(&deps, &link, &headers).await?;
        let context = Context::new((&deps.langsmith, Deadline::after(LIMIT)), &visitor.identity, None);
        let agents = deps.servers.of(&context, &visitor.link.handle).await?;
        let visit = RunVisit::new(&agents, &context, &visitor.link.handle).await?;
        let questions = visit.questions().await?;
        if questions.is_empty() {
            return Err(Problem::NothingOpen);
        }
        form((&deps, agents.name()), &visitor, id, (questions, &Submitted::default()), None)
    })
    .await
}

/// Answers them, or ends the run.
async fn submit(
    State(deps): State<Arc<AnswerDeps>>,
    Extension(id): Extension<RequestId>,
    Path(link): Path<String>,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Result<Response, AnswerError> {
    with_id(id, async |id| {
        let submitted = Submitted::read(&headers, body).await?;
        if submitted.ticket.is_empty() {
            return Err(Problem::Form);
        }
        let visitor = Visitor::of(&deps, &link, &headers).await?;
        let asked = ticket::open(&deps, &visitor, &submitted.ticket)?;
        let context = Context::new((&deps.langsmith, Deadline::after(LIMIT)), &visitor.identity, None);
        let agents = deps.servers.of(&context, &visitor.link.handle).await?;
        let visit = RunVisit::new(&agents, &context, &visitor.link.handle).await?;
        let questions = visit.questions().await?;
        // Answers are for the questions that the page has shown.
        if questions.is_empty() || !questions.iter().map(|question| &question.id).eq(&asked) {
            return Err(Problem::NothingOpen);
        }
        let answered = match submitted.decision {
            Some(Decision::Decline) => {
                visit.decline().await?;
                return Ok(done(id, false));
            }
            Some(Decision::Answer) => answers::answers(&questions, &submitted),
            // Submitted without a button: no decision was made.
            None => Err("Choose one of the two buttons.".to_owned()),
        };
        let refusal = match answered {
            Ok(answers) => match visit.answer(answers).await {
                Ok(()) => return Ok(done(id, true)),
                Err(error) => error::refusal(error)?,
            },
            Err(refusal) => refusal,
        };
        // A person knows a question by its text.
        let refusal = questions
            .iter()
            .fold(refusal, |text, question| text.replace(&question.id, &format!("“{}”", question.summary())));
        form((&deps, agents.name()), &visitor, id, (questions, &submitted), Some(&refusal))
    })
    .await
}

/// What `work` answers; a problem with the request's id, which its page shows.
async fn with_id(
    id: RequestId,
    work: impl AsyncFnOnce(&RequestId) -> Result<Response, Problem>,
) -> Result<Response, AnswerError> {
    work(&id).await.map_err(|problem| AnswerError { problem, id: id.clone() })
}

fn form(
    (deps, server): (&AnswerDeps, &str),
    visitor: &Visitor,
    id: &RequestId,
    (questions, submitted): (Vec<Question>, &Submitted),
    refusal: Option<&str>,
) -> Result<Response, Problem> {
    let ticket = ticket::seal(deps, visitor, questions.iter().map(|question| question.id.clone()).collect())?;
    let questions: Vec<AskedQuestion> = questions
        .iter()
        .enumerate()
        .map(|(place, question)| AskedQuestion::of(place, question, submitted))
        .collect();
    let page = AnswerPage {
        action: &format!("{ANSWER_PATH}{}", visitor.sealed),
        ticket: &ticket,
        server,
        person: visitor.person(),
        questions: &questions,
        refusal,
        request_id: id.as_str(),
    };
    let status = if refusal.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(page::html(status, &page))
}

fn done(id: &RequestId, has_answered: bool) -> Response {
    page::html(StatusCode::OK, &AnsweredPage { has_answered, request_id: id.as_str() })
}
