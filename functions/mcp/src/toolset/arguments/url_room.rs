//! The room for arguments in the URL of a request, whose length is limited by servers.

use langsmith::MAX_URL;
use url::form_urlencoded::byte_serialize;

use crate::toolset::ToolError;

/// The maximum size of all arguments in a URL, percent-encoded, in bytes. A URL of [`MAX_URL`] is sure to arrive; the
/// rest of it is for the endpoint, the path and the tool's own parameters.
const MAX_BYTES: usize = MAX_URL - 1000;

/// The space of the arguments in a URL. All of them count together: most tools send them in one request.
#[derive(Debug, Default)]
pub(crate) struct UrlRoom {
    names: Vec<&'static str>,
    bytes: usize,
}

impl UrlRoom {
    /// Counts a text.
    pub(crate) fn add(&mut self, name: &'static str, text: &str) {
        if !self.names.contains(&name) {
            self.names.push(name);
        }
        // With the parameter's name and its delimiters.
        self.bytes += name.len() + 2 + byte_serialize(text.as_bytes()).map(str::len).sum::<usize>();
    }

    /// Counts several texts, or an optional one.
    pub(crate) fn extend<'t>(&mut self, name: &'static str, texts: impl IntoIterator<Item = &'t String>) {
        texts.into_iter().for_each(|text| self.add(name, text));
    }

    /// Refuses arguments too long for one URL.
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

/// Refuses a text too long for a URL even without other arguments.
pub(crate) fn fits_alone(name: &'static str, text: &str) -> Result<(), ToolError> {
    let mut alone = UrlRoom::default();
    alone.add(name, text);
    alone.check()
}
