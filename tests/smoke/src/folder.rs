//! The redacted recordings as files.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::recording::{Answer, Asker, Exchange};
use crate::redact::{self, Redactor};

/// Writes the exchanges with one LangSmith to the folder, which is created.
pub(crate) fn write(
    folder: &Path,
    file: &str,
    exchanges: &[Exchange],
    redactor: &Redactor,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let recorded: Vec<Value> = exchanges.iter().map(|exchange| recorded(exchange, redactor)).collect();
    let text = serde_json::to_string_pretty(&recorded)?;
    fs::write(folder.join(file), redactor.without_key(&text))
}

fn recorded(exchange: &Exchange, redactor: &Redactor) -> Value {
    let asker = match exchange.asker {
        Asker::Product => "server",
        Asker::Smoke => "smoke",
    };
    json!({
        "step": exchange.step,
        "asked_by": asker,
        "too_early": exchange.is_early,
        "method": exchange.method,
        "path": redactor.path(&exchange.path),
        "query": redactor.query(&exchange.query),
        "request": body(&exchange.request, redactor, true),
        "answer": answer(&exchange.answer, redactor),
    })
}

fn answer(answer: &Answer, redactor: &Redactor) -> Value {
    match answer {
        Answer::Received { status, media_type, body: bytes } => {
            json!({"status": status, "content_type": media_type, "body": body(bytes, redactor, false)})
        }
        Answer::Withheld => json!({"withheld": "501 by the smoke"}),
        Answer::None(why) => json!({"none": why}),
    }
}

/// A body; its length if it is not JSON.
fn body(bytes: &[u8], redactor: &Redactor, open: bool) -> Value {
    match redact::json(bytes) {
        Some(value) => redactor.value(&value, open),
        None if bytes.is_empty() => Value::Null,
        None => json!({"bytes_that_are_no_json": bytes.len()}),
    }
}
