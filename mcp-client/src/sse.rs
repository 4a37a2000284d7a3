//! Reads the events of a stream (WHATWG HTML section 9.2): only the data of those that may be a message each.

/// How a stream may begin, which is no part of its first line.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The parser. It holds at most what the limit of the body allows, and reads every byte once.
#[derive(Default)]
pub(crate) struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    /// The event has a type, and not that of a message.
    is_other: bool,
    /// The last byte was a CR: an LF that follows it is no break of its own.
    after_cr: bool,
    has_begun: bool,
}

impl Events {
    /// Takes the next bytes of the stream; the data of each event that ends in them.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut events = Vec::new();
        for part in bytes.split_inclusive(|byte| is_break(*byte)) {
            let end = part.last().copied().filter(|byte| is_break(*byte));
            if std::mem::replace(&mut self.after_cr, end == Some(b'\r')) && part == b"\n" {
                continue;
            }
            self.line.extend_from_slice(part.strip_suffix(end.as_slice()).unwrap_or(part));
            if end.is_some() {
                events.extend(self.end_line());
            }
        }
        events
    }

    /// The event that ends with this line, if it does.
    fn end_line(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !std::mem::replace(&mut self.has_begun, true) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_event();
        }
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let (field, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => match &mut self.data {
                Some(data) => data.extend([b"\n", value].concat()),
                None => self.data = Some(value.to_vec()),
            },
            b"event" => self.is_other = !matches!(value, b"" | b"message"),
            _ => {}
        }
        None
    }

    /// An event without data is no message: with one, a server gives a stream its first id (MCP 2025-11-25, "Sending
    /// Messages to the Server").
    fn end_event(&mut self) -> Option<Vec<u8>> {
        let (data, is_other) = (self.data.take(), std::mem::take(&mut self.is_other));
        data.filter(|data| !data.is_empty() && !is_other)
    }
}

const fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &[u8] =
        b": hello\r\nevent: message\r\ndata: {\"a\":\ndata:1}\r\n\r\nid: 3\n\ndata: two\r\rdata: unfinished";

    fn events(stream: &[u8]) -> Vec<String> {
        Events::default().take(stream).into_iter().map(|data| String::from_utf8(data).unwrap()).collect()
    }

    #[test]
    fn events_are_their_data() {
        assert_eq!(events(STREAM), ["{\"a\":\n1}", "two"]);
    }

    #[test]
    fn lines_end_in_three_ways() {
        for end in ["\n", "\r", "\r\n"] {
            let stream = ["data: 1", "data", "data:2", "", "", "data: 3", "", ""].join(end);
            assert_eq!(events(stream.as_bytes()), ["1\n\n2", "3"], "{end:?}");
        }
    }

    #[test]
    fn what_is_no_message_is_left_out() {
        for (stream, expected) in [
            ("id: 1\ndata:\n\ndata: 1\n\n", &["1"][..]),
            ("event: ping\ndata: x\n\ndata: 1\n\n", &["1"]),
            ("event: ping\nevent: message\ndata: 1\n\n", &["1"]),
            ("event\ndata: 1\n\n", &["1"]),
            ("\u{feff}data: 1\n\n\u{feff}data: 2\n\n", &["1"]),
            ("\u{feff}\u{feff}data: 1\n\n", &[]),
            ("Data: 1\ndatas: 2\n data: 3\n:data: 4\n\n", &[]),
            ("data:  1 \n\n", &[" 1 "]),
        ] {
            assert_eq!(events(stream.as_bytes()), expected, "{stream:?}");
        }
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
