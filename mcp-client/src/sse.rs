//! Reads the events of a stream (WHATWG HTML section 9.2): only their data, which is a message each.

/// The parser. Its buffer holds at most what the limit of the body allows.
#[derive(Default)]
pub(crate) struct Events {
    rest: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
}

impl Events {
    /// Takes the next bytes of the stream; the data of each event that ends in them.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.rest.extend_from_slice(bytes);
        let mut events = Vec::new();
        // Without the last line: it may go on, and a CR at its end may be half of a line break.
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            self.line(without_break(&line), &mut events);
        }
        events
    }

    fn line(&mut self, line: &[u8], events: &mut Vec<Vec<u8>>) {
        if line.is_empty() {
            if std::mem::take(&mut self.has_data) {
                events.push(std::mem::take(&mut self.data));
            }
        } else if let Some(value) = line.strip_prefix(b"data:") {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            self.has_data = true;
        }
    }
}

/// A line without its break.
fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &[u8] =
        b": hello\r\nevent: message\r\ndata: {\"a\":\ndata:1}\r\n\r\nid: 3\n\ndata: two\n\ndata: unfinished";

    #[test]
    fn events_are_their_data() {
        assert_eq!(Events::default().take(STREAM), [b"{\"a\":\n1}".to_vec(), b"two".to_vec()]);
    }

    proptest! {
        #[test]
        fn the_parts_in_which_a_stream_arrives_do_not_matter(cut in 0..STREAM.len()) {
            let (mut events, (one, two)) = (Events::default(), STREAM.split_at(cut));
            let mut all = events.take(one);
            all.extend(events.take(two));
            prop_assert_eq!(all, Events::default().take(STREAM));
        }
    }
}
