//! Bodies of `multipart/form-data`. They are parsed in memory: their size is limited earlier. Standard: RFC 7578.
//! Description: the length of a part may be a parameter of its content type. Assumed: a malformed body is answered 400,
//! and the number of parts is limited.

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use bytes::Bytes;

use crate::reply::ApiError;

/// The maximum number of parts: more than a tracing client sends in a request of 20 MB.
const MAX_PARTS: usize = 20_000;
/// The maximum number of headers of a part: clients send three.
const MAX_PART_HEADERS: usize = 8;

/// One part of a form.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    /// The media type, without parameters.
    pub(crate) content_type: Option<String>,
    /// The `length` parameter of the content type, which tracing clients send in place of a header.
    pub(crate) length: Option<usize>,
    /// Whether the part has a content encoding of its own.
    pub(crate) encoded: bool,
    pub(crate) content: Bytes,
}

/// The parts of a body, in order.
pub(crate) fn parts(headers: &HeaderMap, body: &Bytes) -> Result<Vec<Part>, ApiError> {
    let wrong = |what: &str| ApiError::BadRequest(format!("multipart: {what}"));
    let boundary = boundary(headers).ok_or_else(|| wrong("no boundary in the content type"))?;
    let delimiter = format!("--{boundary}");
    let mut at = find(body, 0, delimiter.as_bytes()).ok_or_else(|| wrong("no part"))? + delimiter.len();
    let separator = format!("\r\n{delimiter}");
    let mut parts = Vec::new();
    while !rest(body, at).starts_with(b"--") {
        let head = skip_line(body, at).ok_or_else(|| wrong("a boundary line does not end"))?;
        let end = find(body, head.saturating_sub(2), separator.as_bytes())
            .ok_or_else(|| wrong("a part does not end"))?;
        parts.push(part(body, head, end).ok_or_else(|| wrong("the headers of a part cannot be read"))?);
        if parts.len() > MAX_PARTS {
            return Err(ApiError::TooLarge("too many parts"));
        }
        at = end + separator.len();
    }
    Ok(parts)
}

fn part(body: &Bytes, head: usize, end: usize) -> Option<Part> {
    let mut space = [httparse::EMPTY_HEADER; MAX_PART_HEADERS];
    let (length, headers) = match httparse::parse_headers(rest(body, head), &mut space).ok()? {
        httparse::Status::Complete(parsed) => parsed,
        httparse::Status::Partial => return None,
    };
    let start = head + length;
    let header = |name: &str| {
        let found = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let disposition = header(CONTENT_DISPOSITION.as_str())?;
    let content_type = header(CONTENT_TYPE.as_str());
    Some(Part {
        name: parameter(disposition, "name")?,
        file_name: parameter(disposition, "filename"),
        content_type: content_type.and_then(|value| Some(value.split(';').next()?.trim().to_owned())),
        length: content_type.and_then(|value| parameter(value, "length")?.parse().ok()),
        encoded: header("content-encoding").is_some(),
        content: body.slice(start.min(end)..end),
    })
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let is_form = value.get(.."multipart/".len())?.eq_ignore_ascii_case("multipart/");
    parameter(value, "boundary").filter(|boundary| is_form && !boundary.is_empty())
}

/// A header parameter, quoted or not. Quotation marks and line breaks in names are percent-encoded, as in the HTML
/// standard.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (text, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                quoted.split_once('"').map(|(text, after)| (text, after.trim_start_matches([' ', ';'])))?
            }
            None => after.split_once(';').unwrap_or((after, "")),
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(text.trim().replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = after;
    }
}

fn rest(body: &[u8], at: usize) -> &[u8] {
    body.get(at..).unwrap_or_default()
}

/// The start of the line after the one at `at`.
fn skip_line(body: &[u8], at: usize) -> Option<usize> {
    Some(find(body, at, b"\r\n")? + 2)
}

fn find(body: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(rest(body, from), wanted).map(|at| at + from)
}
