//! Looks at eight bytes of a text together. A page of runs holds thousands of strings and most of them are short: for these,
//! a search that is made for long texts spends its time on setting out.
//!
//! Each finding is a number in which the highest bit of a byte is set where the byte is found. Bits are borrowed from higher
//! bytes only, so that the lowest one that is found is right (Mycroft's algorithm).

use memchr::memchr2;

const ONES: u64 = u64::MAX / 255;
const HIGHEST_BITS: u64 = ONES << 7;

/// How much is looked at before a search for long texts sets out: in that, names, times and ids have their end.
const NEAR: usize = 40;

/// Finds the bytes below `limit`, which is at most 128.
pub const fn below(bytes: u64, limit: u8) -> u64 {
    bytes.wrapping_sub(ONES * limit as u64) & !bytes & HIGHEST_BITS
}

/// Finds the bytes that are this one.
pub const fn equal(bytes: u64, byte: u8) -> u64 {
    below(bytes ^ (ONES * byte as u64), 1)
}

/// Where the first byte is that was found.
pub fn first(found: u64) -> Option<usize> {
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
}

/// Where the first quote or backslash is: within a JSON string, its end or an escape.
pub fn quote_or_backslash(text: &[u8]) -> Option<usize> {
    let (near, far) = text.split_at(text.len().min(NEAR));
    let (chunks, rest) = near.as_chunks();
    for (number, chunk) in chunks.iter().enumerate() {
        let bytes = u64::from_le_bytes(*chunk);
        if let Some(at) = first(equal(bytes, b'"') | equal(bytes, b'\\')) {
            return Some(8 * number + at);
        }
    }
    if far.is_empty() {
        let at = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'));
        return at.map(|at| 8 * chunks.len() + at);
    }
    memchr2(b'"', b'\\', far).map(|at| NEAR + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each byte at each place of texts that end near, and far.
    #[test]
    fn every_byte_at_every_place() {
        for length in [1, 7, 8, 9, 39, 40, 41, 70] {
            for at in 0..length {
                for byte in u8::MIN..=u8::MAX {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    let expected = matches!(byte, b'"' | b'\\').then_some(at);
                    assert_eq!(quote_or_backslash(&text), expected, "{byte} at {at} of {length}");
                }
            }
        }
        assert_eq!(quote_or_backslash(b""), None);
    }

    /// `]` and `#` differ from the marks by their last bit: they are what a borrow would find.
    #[test]
    fn the_first_of_several_is_found() {
        for before in 0..60 {
            for marks in ["\\]\\\"", "\"#\"\\", "\\]]]]]]", "\"######"] {
                let text = format!("{}{marks}", "#".repeat(before));
                assert_eq!(quote_or_backslash(text.as_bytes()), Some(before), "{text}");
            }
        }
    }
}
