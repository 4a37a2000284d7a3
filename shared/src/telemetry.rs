//! The scope of logging: our own crates at the configured level. Libraries log bodies and headers below `warn`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use tracing::Level;

/// Our crates that log.
pub const OURS: [&str; 11] = [
    "authorize",
    "authorizer",
    "janitor",
    "langsmith",
    "local",
    "mcp",
    "register",
    "registry",
    "shared",
    "token",
    "tool_cache",
];

/// The target of audit lines. The log line is the audit record, so it is not affected by the log level.
pub const AUDIT: &str = "audit";

/// The log levels by target at the configured `level`. All other targets are logged from `warn` on.
pub fn levels(level: Level) -> impl Iterator<Item = (&'static str, Level)> {
    OURS.into_iter().map(move |target| (target, level)).chain([(AUDIT, Level::INFO)])
}

/// Makes panics ordinary log lines: with their location, but without a backtrace or the message, which may contain a
/// caller's data.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
}

/// The only writer of log lines. Text from callers, LangSmith and clients' registrations cannot move a terminal's
/// cursor, reverse the text around it or begin a line of its own.
#[derive(Debug)]
pub struct Lines<W>(pub W);

impl<W: io::Write> io::Write for Lines<W> {
    /// Receives one line as a whole, as the subscriber writes it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if is_usual(line) {
            self.0.write_all(line)?;
            return Ok(line.len());
        }
        let text = String::from_utf8_lossy(line);
        match text.strip_suffix('\n') {
            Some(text) => self.0.write_all(format!("{}\n", plain(text)).as_bytes())?,
            None => self.0.write_all(plain(&text).as_bytes())?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether it is one whole line of printable ASCII, the usual case.
fn is_usual(line: &[u8]) -> bool {
    let Some((b'\n', text)) = line.split_last() else { return false };
    text.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The text with JSON escapes for invisible characters and those that move visible ones: a line of JSON stays valid,
/// with the same content.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 6);
    for character in text.chars() {
        if is_unseen(character) {
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Control characters of C0 and C1, Unicode's line separators, and bidirectional formatting characters (UAX #9 section
/// 2).
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Write as _;
    use std::path::Path;

    use super::*;

    fn write_line(line: &[u8]) -> String {
        let mut lines = Lines(Vec::new());
        lines.write_all(line).unwrap();
        lines.flush().unwrap();
        String::from_utf8(lines.0).unwrap()
    }

    fn logs(folder: &Path) -> bool {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            path.is_dir() && logs(&path)
                || is_rust && std::fs::read_to_string(&path).unwrap().contains("tracing::")
        })
    }

    /// A crate that is not in the list would log from `warn` on only.
    #[test]
    fn every_crate_that_logs_is_ours() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let functions = std::fs::read_dir(root.join("functions")).unwrap().map(|entry| entry.unwrap().path());
        let others = ["langsmith", "local", "oauth", "primitives", "shared"].map(|name| root.join(name));
        let logging = functions.chain(others).filter(|path| logs(&path.join("src")));
        let names: BTreeSet<_> =
            logging.map(|path| path.file_name().unwrap().to_str().unwrap().replace('-', "_")).collect();
        assert_eq!(names, OURS.map(str::to_owned).into());
    }

    #[test]
    fn a_line_is_one_line_of_visible_text() {
        for (line, expected) in [
            ("plain, caf\u{e9} \u{1f600}\n", "plain, caf\u{e9} \u{1f600}\n"),
            ("a\nfaked INFO line\r\n", "a\\u000afaked INFO line\\u000d\n"),
            ("\u{1b}[31mred\u{7}\u{7f}\n", "\\u001b[31mred\\u0007\\u007f\n"),
            ("\u{9b}31mred\u{85}\n", "\\u009b31mred\\u0085\n"),
            ("\u{202e}cod.exe\u{2066}\u{200f}\u{61c}\n", "\\u202ecod.exe\\u2066\\u200f\\u061c\n"),
            ("a\u{2028}b\u{2029}c\u{feff}", "a\\u2028b\\u2029c\\ufeff"),
        ] {
            assert_eq!(write_line(line.as_bytes()), expected);
        }
        assert_eq!(write_line(b"\xff\n"), "\u{fffd}\n");
    }

    #[test]
    fn a_line_of_json_keeps_its_content() {
        let name = "\u{202e}\u{85}\u{7f}\u{1b}\"\\\n";
        let line = serde_json::json!({ "client_name": name }).to_string();
        let written = write_line(format!("{line}\n").as_bytes());
        assert!(!written.trim_end_matches('\n').contains(is_unseen), "{written}");
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["client_name"], name);
    }
}
