//! The shapes of the sample traces: those of an assistant, a pipeline and an agent.

use serde_json::{Value, json};

use super::draft::Draft;

/// A customer's question and the assistant's answer.
pub(crate) struct Turn {
    pub(crate) question: &'static str,
    pub(crate) answer: &'static str,
}

/// A conversation with the support assistant, one trace per turn.
pub(crate) const CONVERSATION: [Turn; 5] = [
    Turn {
        question: "Where is my order 1042?",
        answer: "Order 1042 left the warehouse yesterday and arrives on Friday.",
    },
    Turn {
        question: "Can I still change the address?",
        answer: "Yes, until the parcel reaches the last depot. What is the new address?",
    },
    Turn {
        question: "Wie kann ich die Rechnung als PDF herunterladen?",
        answer: "Unter „Bestellungen“ → „Rechnung“ steht die PDF-Datei bereit.",
    },
    Turn {
        question: "注文をキャンセルできますか？", answer: "はい、発送前であればキャンセルできます。🙂"
    },
    Turn {
        question: "The coupon SAVE10 does not work",
        answer: "SAVE10 ended last week; I have added a new one to your account.",
    },
];

/// A question answered with a retriever, a tool and two model calls.
pub(crate) fn support(turn: &Turn, history: &[Turn], number: usize) -> Vec<Draft> {
    let messages = conversation(history, turn.question);
    let tool_error =
        (number % 7 == 6).then_some("ToolTimeout: the order service did not answer within 5 seconds");
    let order = json!({"order_id": 1042 + number, "status": "shipped", "carrier": "Parcel Service"});
    let tool_output = if tool_error.is_some() { Value::Null } else { json!({"output": order}) };
    let tokens = 180 + 24 * u64::try_from(messages.len()).unwrap_or(0);
    vec![
        step(
            "SupportAgent",
            "chain",
            None,
            (0, 2400),
            json!({"messages": messages}),
            json!({"answer": turn.answer}),
        ),
        step("DocsRetriever", "retriever", Some(0), (20, 160), json!({"query": turn.question}), documents()),
        model(Some(0), (200, 700), &json!(messages), "I will look up the order.", (tokens, 18)),
        Draft {
            error: tool_error,
            ..step(
                "lookup_order",
                "tool",
                Some(0),
                (920, 380),
                json!({"order_id": 1042 + number}),
                tool_output,
            )
        },
        model(Some(0), (1320, 1050), &json!(messages), turn.answer, (tokens + 64, 42)),
    ]
}

/// A nightly pipeline: a chain around one model call, which the provider refuses on some nights.
pub(crate) fn summary(number: usize) -> Vec<Draft> {
    let error = (number % 4 == 3).then_some("RateLimitError: 429 Too Many Requests from the model provider");
    let text = format!("Report {number}: tickets rose by {} % while the answer time fell.", 3 + number % 9);
    let prompt = json!([{"role": "system", "content": "Summarise."}, {"role": "user", "content": text}]);
    let answer = "Tickets up, answers faster.";
    let outputs = if error.is_some() { Value::Null } else { json!({"summary": answer}) };
    let call = model(Some(0), (15, 900), &prompt, answer, (310, 12));
    let call = match error {
        Some(_) => Draft { error, outputs: Value::Null, completion_tokens: 0, ..call },
        None => call,
    };
    vec![
        Draft { error, ..step("Summarise", "chain", None, (0, 950), json!({"report": text}), outputs) },
        call,
    ]
}

/// An agent graph with a nested step, which makes a tree of three levels.
pub(crate) fn research(number: usize) -> Vec<Draft> {
    let topic =
        ["tidal power", "Röntgen spectroscopy", "soil moisture"].get(number % 3).copied().unwrap_or("tides");
    let ask = json!([{"role": "user", "content": format!("Collect three sources about {topic}.")}]);
    vec![
        step("LangGraph", "chain", None, (0, 6200), json!({"topic": topic}), json!({"sources": 3})),
        step(
            "plan",
            "chain",
            Some(0),
            (10, 1500),
            json!({"topic": topic}),
            json!({"steps": ["search", "read"]}),
        ),
        model(Some(1), (30, 1400), &ask, "Search first, then read.", (96, 30)),
        step(
            "web_search",
            "tool",
            Some(0),
            (1600, 2100),
            json!({"query": topic}),
            json!({"output": ["a", "b", "c"]}),
        ),
        step("embed", "embedding", Some(3), (1700, 90), json!({"input": topic}), json!({"dimensions": 768})),
    ]
}

/// One answer of an experiment: the target called with one example.
pub(crate) fn answer(question: &str, number: usize) -> Vec<Draft> {
    let messages = json!([{"role": "user", "content": question}]);
    vec![
        step(
            "Target",
            "chain",
            None,
            (0, 800),
            json!({"question": question}),
            json!({"answer": "See the help page."}),
        ),
        model(
            Some(0),
            (10, 700),
            &messages,
            "See the help page.",
            (64 + u64::try_from(number).unwrap_or(0), 9),
        ),
    ]
}

/// A step with its span in milliseconds (start, duration).
pub(crate) fn step(
    name: &str,
    run_type: &'static str,
    parent: Option<usize>,
    (starts_ms, lasts_ms): (i64, i64),
    inputs: Value,
    outputs: Value,
) -> Draft {
    Draft {
        name: name.to_owned(),
        run_type,
        parent,
        starts_ms,
        lasts_ms,
        inputs,
        outputs,
        error: None,
        prompt_tokens: 0,
        completion_tokens: 0,
    }
}

/// A chat model call with its tokens (prompt, completion).
pub(crate) fn model(
    parent: Option<usize>,
    span: (i64, i64),
    messages: &Value,
    answer: &str,
    (prompt_tokens, completion_tokens): (u64, u64),
) -> Draft {
    let inputs = json!({"messages": messages, "model": "sample-chat-1"});
    let message = json!({"role": "assistant", "content": answer});
    let outputs = json!({"choices": [{"index": 0, "finish_reason": "stop", "message": message}]});
    Draft { prompt_tokens, completion_tokens, ..step("ChatModel", "llm", parent, span, inputs, outputs) }
}

fn conversation(history: &[Turn], question: &str) -> Vec<Value> {
    let mut messages = vec![json!({"role": "system", "content": "You help customers of a small shop."})];
    for turn in history {
        messages.push(json!({"role": "user", "content": turn.question}));
        messages.push(json!({"role": "assistant", "content": turn.answer}));
    }
    messages.push(json!({"role": "user", "content": question}));
    messages
}

fn documents() -> Value {
    json!({"documents": [
        {"page_content": "Parcels leave every working day at 16:00.", "metadata": {"source": "shipping.md"}, "type": "Document"},
        {"page_content": "Invoices are kept for ten years.", "metadata": {"source": "invoices.md"}, "type": "Document"},
    ]})
}
