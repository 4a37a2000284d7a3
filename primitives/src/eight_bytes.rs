//! Examines eight bytes of a text at once. A page of runs holds thousands of mostly short strings, on which a search
//! made for long texts spends its time on setup.
//!
//! The result of a search is a number in which the highest bit of each matching byte is set. Borrows propagate to
//! higher bytes only, so the lowest match is always right (Mycroft's algorithm).

use memchr::memchr2;

const ONES: u64 = u64::MAX / 255;
const HIGHEST_BITS: u64 = ONES << 7;

/// How many bytes are examined before the search for long texts takes over: most names, times and ids end within them.
const NEAR: usize = 40;

/// Finds the bytes below `limit`, which is at most 128.
pub const fn below(bytes: u64, limit: u8) -> u64 {
    bytes.wrapping_sub(ONES * limit as u64) & !bytes & HIGHEST_BITS
}

/// Finds the bytes equal to `byte`.
pub const fn equal(bytes: u64, byte: u8) -> u64 {
    below(bytes ^ (ONES * byte as u64), 1)
}

/// The index of the first match.
pub fn first(found: u64) -> Option<usize> {
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
}

/// The position of the first quote or backslash: within a JSON string, its end or an escape.
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

    /// Every byte value at every position, in short and long texts.
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

    /// `]` and `#` differ from backslash and quote in their last bit only, so a borrow would produce a false match.
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
