//! The two eras of the protocol on one endpoint. Without a key only their refusals can be observed.

use serde_json::{Value, json};

use crate::challenge::Challenge;
use crate::checks::login;
use crate::mend;
use crate::sight::{Sight, Trouble, printable};
use crate::speaker::{Credential, LEGACY, MODERN, Speaker};
use crate::visitor::Answer;

/// The refusal that both eras get without a login.
pub(crate) struct Refusal<'a> {
    pub(crate) challenge: Option<&'a Challenge>,
    pub(crate) metadata: &'a str,
}

/// A handshake, then the tools.
pub(crate) async fn legacy(speaker: &Speaker<'_>, refusal: &Refusal<'_>) -> Sight {
    let hello = json!({
        "protocolVersion": LEGACY,
        "capabilities": {},
        "clientInfo": { "name": "doctor", "version": env!("CARGO_PKG_VERSION") },
    });
    let answer = speaker.visitor.ask(speaker.legacy("initialize", &hello, None)).await?;
    if matches!(speaker.credential, Credential::None) {
        return refused(&answer, refusal);
    }
    let initialized = result(&answer, "initialize")?;
    let version = initialized.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
    if !(version.starts_with("2024-") || version.starts_with("2025-")) {
        return Err(Trouble::fault(
            format!("initialize agreed on \"{}\"", printable(version)),
            mend::IN_BETWEEN,
        ));
    }
    let answer = speaker.visitor.ask(speaker.legacy("tools/list", &json!({}), Some(version))).await?;
    let tools = tools(&result(&answer, "tools/list")?)?;
    Ok(format!("initialize agreed on {version}; {tools}"))
}

/// Discovery, then the tools.
pub(crate) async fn modern(speaker: &Speaker<'_>, refusal: &Refusal<'_>) -> Sight {
    let answer = speaker.visitor.ask(speaker.modern("server/discover", None)).await?;
    if matches!(speaker.credential, Credential::None) {
        return refused(&answer, refusal);
    }
    let discovered = result(&answer, "server/discover")?;
    let versions = discovered.get("supportedVersions").and_then(Value::as_array);
    if !versions.is_some_and(|versions| versions.iter().any(|version| version == MODERN)) {
        return Err(Trouble::fault(format!("server/discover does not name {MODERN}"), mend::IN_BETWEEN));
    }
    let answer = speaker.visitor.ask(speaker.modern("tools/list", None)).await?;
    let tools = tools(&result(&answer, "tools/list")?)?;
    Ok(format!("server/discover names {MODERN}; {tools}"))
}

/// A message of either era must lead to the same login.
fn refused(answer: &Answer, refusal: &Refusal<'_>) -> Sight {
    let found = login::challenge(answer, refusal.metadata)?;
    match refusal.challenge {
        Some(expected) if found.text != expected.text => Err(Trouble::fault(
            format!("another challenge than for other messages: {}", printable(&found.text)),
            mend::IN_BETWEEN,
        )),
        _ => Ok("401 with the same challenge; nothing behind it was checked: give --api-key-env".to_owned()),
    }
}

/// The result of a message. Of an error, only the code is shown: this call carried a key.
fn result(answer: &Answer, method: &str) -> Result<Value, Trouble> {
    match answer.status.as_u16() {
        401 => Err(Trouble::fault(
            format!("{method}: the key is not accepted"),
            "it must be a live key of the LangSmith that LangSmithEndpoint names; with ApiKeyHeader=off none is taken, so \
             leave --api-key-env out",
        )),
        403 => Err(Trouble::fault(
            format!("{method}: 403 for this key"),
            "the key may not do this, or a rule of the web ACL (WebAclArn) refused",
        )),
        _ => {
            mend::expect(answer, &[200], "mcp")?;
            let body = answer.json().unwrap_or_default();
            body.get("result").filter(|result| result.is_object()).cloned().ok_or_else(|| {
                let code = body.pointer("/error/code").and_then(Value::as_i64);
                let seen = match code {
                    Some(code) => format!("{method}: error {code}"),
                    None => format!("{method}: an answer without a result"),
                };
                Trouble::fault(
                    seen,
                    "the function mcp is from another release than this program: deploy this program's release",
                )
            })
        }
    }
}

/// The number of tools in words, and the sets whose tools are missing.
fn tools(result: &Value) -> Result<String, Trouble> {
    let tools = result.get("tools").and_then(Value::as_array).map_or(0, Vec::len);
    if tools == 0 {
        return Err(Trouble::fault("tools/list is empty", mend::IN_BETWEEN));
    }
    let further = if result.get("nextCursor").is_some() { " on the first page" } else { "" };
    let missing = result.pointer("/_meta/langsmith-remote-mcp~1missing").and_then(Value::as_array);
    let missing = missing.into_iter().flatten().map(|missing| {
        let of = |member| printable(missing.get(member).and_then(Value::as_str).unwrap_or_default());
        format!("; {} is missing: {}", of("server"), of("reason"))
    });
    Ok(format!("{tools} tools{further}{}", missing.collect::<String>()))
}
