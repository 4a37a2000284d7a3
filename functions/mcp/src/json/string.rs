//! Writes a text as a JSON string, byte for byte as `serde_json` does. Every result of a tool is also sent as a text,
//! and JSON is full of quotes: eight bytes are examined at once, and a character to escape among them costs little.

use primitives::eight_bytes::{below, equal, first};

/// Appends `text` with its quotes.
pub(super) fn append(body: &mut Vec<u8>, text: &str) {
    body.push(b'"');
    let mut rest = text.as_bytes();
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        body.extend_from_slice(chunk);
        let Some(at) = first_mark(*chunk) else {
            rest = tail;
            continue;
        };
        // Copied whole and then truncated: a single move, whatever the number of bytes.
        body.truncate(body.len() + at - chunk.len());
        rest = rest.get(at..).unwrap_or_default();
        if let Some((mark, tail)) = rest.split_first() {
            append_byte(body, *mark);
            rest = tail;
        }
    }
    for byte in rest {
        append_byte(body, *byte);
    }
    body.push(b'"');
}

/// The position of the first byte that has to be escaped.
fn first_mark(chunk: [u8; 8]) -> Option<usize> {
    let bytes = u64::from_le_bytes(chunk);
    first(below(bytes, 0x20) | equal(bytes, b'"') | equal(bytes, b'\\'))
}

fn append_byte(body: &mut Vec<u8>, byte: u8) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        0..0x20 => {
            let digit = DIGITS.get(usize::from(byte & 0xf)).copied().unwrap_or_default();
            return body.extend_from_slice(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), digit]);
        }
        plain => return body.push(plain),
    };
    body.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn appended(text: &str) -> String {
        let mut body = b"before".to_vec();
        append(&mut body, text);
        String::from_utf8(body).unwrap()
    }

    fn expected(text: &str) -> String {
        format!("before{}", serde_json::to_string(text).unwrap())
    }

    #[test]
    fn every_character_of_two_bytes_at_every_place() {
        for character in '\0'..='\u{7ff}' {
            for before in 0..9 {
                let text = format!("{}{character}\"{character}{character}é", "x".repeat(before));
                assert_eq!(appended(&text), expected(&text));
            }
        }
    }

    #[test]
    fn separators_of_lines_and_characters_beyond_the_first_plane() {
        for text in ["", "\u{2028}\u{2029}\u{feff}\u{fffd}\u{10ffff}", "😀\\\"😀", "\u{7f}\u{80}\u{9f}\u{a0}"]
        {
            assert_eq!(appended(text), expected(text));
        }
    }

    proptest! {
        #[test]
        fn a_text_is_written_as_serde_json_writes_it(text in r#"(.|[\x00-\x1f"\\]|[a-z]{1,20}|[\u{2028}é言😀]){0,60}"#) {
            prop_assert_eq!(appended(&text), expected(&text));
        }

        #[test]
        fn json_is_written_as_serde_json_writes_it(keys in prop::collection::btree_map(".{0,12}", ".{0,40}", 0..12)) {
            let text = serde_json::to_string_pretty(&keys).unwrap();
            prop_assert_eq!(appended(&text), expected(&text));
        }
    }
}
