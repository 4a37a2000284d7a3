//! The escapes of JSON strings, read and written.

/// The character that an escape stands for, and the length of the escape in bytes. A surrogate pair is one character;
/// half of one becomes U+FFFD, because no strict reader would accept it.
pub(crate) fn read(source: &[u8]) -> (char, usize) {
    let simple = match source.get(1) {
        Some(b'u') => return unicode(source),
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(other) => char::from(*other),
        None => return (char::REPLACEMENT_CHARACTER, source.len()),
    };
    (simple, 2)
}

fn unicode(source: &[u8]) -> (char, usize) {
    let length = source.len().min(6);
    let unit = hex(source.get(2..6));
    if !(0xD800..0xDC00).contains(&unit) {
        return (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), length);
    }
    if source.get(6..8) == Some(b"\\u") {
        let low = hex(source.get(8..12));
        if (0xDC00..0xE000).contains(&low) {
            let scalar = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            return (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
        }
    }
    (char::REPLACEMENT_CHARACTER, length)
}

fn hex(digits: Option<&[u8]>) -> u32 {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0,
    };
    digits.unwrap_or_default().iter().fold(0, |unit, byte| unit * 16 + u32::from(digit(*byte)))
}

/// The escape of a character that must not stand in a string as it is.
pub(crate) fn escape_sequence(character: char) -> Option<&'static str> {
    Some(match character {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        control => return CONTROLS.get(control as usize).copied(),
    })
}

/// The control characters, including those that have a short escape.
const CONTROLS: [&str; 32] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\u0008",
    "\\u0009", "\\u000a", "\\u000b", "\\u000c", "\\u000d", "\\u000e", "\\u000f", "\\u0010", "\\u0011",
    "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a",
    "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
];
