//! The room that arguments take in the URL of a request, which must stay within what servers accept.

use langsmith::MAX_URL;
use url::form_urlencoded::byte_serialize;

use crate::toolset::ToolError;

/// The most bytes that arguments may take in a URL, percent-encoded. A URL of [`MAX_URL`] is sure to arrive; the rest
/// of it is for the endpoint, the path and the tool's own parameters.
const MAX_BYTES: usize = MAX_URL - 1000;

/// The space that arguments take in a URL. All of them count together: most tools send them in one request.
#[derive(Debug, Default)]
pub(crate) struct InUrl {
    names: Vec<&'static str>,
    bytes: usize,
}

impl InUrl {
    /// Counts a text.
    pub(crate) fn add(&mut self, name: &'static str, text: &str) {
        if !self.names.contains(&name) {
            self.names.push(name);
        }
        // With the name of a parameter, and the delimiters around it.
        self.bytes += name.len() + 2 + byte_serialize(text.as_bytes()).map(str::len).sum::<usize>();
    }

    /// Counts several texts, or an optional one.
    pub(crate) fn extend<'t>(&mut self, name: &'static str, texts: impl IntoIterator<Item = &'t String>) {
        texts.into_iter().for_each(|text| self.add(name, text));
    }

    /// Refuses arguments that are too long for one URL.
    pub(crate) fn check(&self) -> Result<(), ToolError> {
        if self.bytes <= MAX_BYTES {
            return Ok(());
        }
        let (names, bytes) = (self.names.join(", "), self.bytes);
        Err(ToolError::invalid(format!(
            "Too long: {names} would take {bytes} bytes in a URL, which has room for {MAX_BYTES}. Letters and digits take one \
             byte there, most other characters 3 to 12."
        )))
    }
}

/// Refuses a text that is too long for a URL without other arguments.
pub(crate) fn fits_alone(name: &'static str, text: &str) -> Result<(), ToolError> {
    let mut alone = InUrl::default();
    alone.add(name, text);
    alone.check()
}
