//! The tokens of a filter. Documentation: "Query traces" writes strings in either kind of quotation marks, and lists in
//! brackets. Assumed: the escapes in a string are those of JSON.

use super::FilterError;

/// One token of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Word(String),
    Text(String),
    Number(f64),
    Mark(char),
}

impl Token {
    /// The token in an error message.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Word(text) | Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Mark(mark) => mark.to_string(),
        }
    }
}

/// Splits a filter into tokens.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' | ')' | '[' | ']' | ',' => (Token::Mark(first), rest.get(1..).unwrap_or_default()),
            '"' | '\'' => quoted(first, rest)?,
            _ => word(rest)?,
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn quoted(quote: char, text: &str) -> Result<(Token, &str), FilterError> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, next)) = chars.next() {
        match next {
            '\\' => out.push(escape(&mut chars)?),
            _ if next == quote => return Ok((Token::Text(out), text.get(at + 1..).unwrap_or_default())),
            _ => out.push(next),
        }
    }
    Err(FilterError::BadString)
}

/// The escapes of a JSON string; clients write values with a JSON encoder.
fn escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Result<char, FilterError> {
    let (_, kind) = chars.next().ok_or(FilterError::BadString)?;
    match kind {
        'n' => Ok('\n'),
        't' => Ok('\t'),
        'r' => Ok('\r'),
        'b' => Ok('\u{8}'),
        'f' => Ok('\u{c}'),
        'u' => unicode(chars),
        '"' | '\'' | '\\' | '/' => Ok(kind),
        _ => Err(FilterError::BadString),
    }
}

fn unicode(chars: &mut impl Iterator<Item = (usize, char)>) -> Result<char, FilterError> {
    let high = unit(chars)?;
    if !(0xd800..0xdc00).contains(&high) {
        return char::from_u32(high).ok_or(FilterError::BadString);
    }
    let marker = (chars.next().map(|(_, next)| next), chars.next().map(|(_, next)| next));
    let low = unit(chars)?;
    if marker != (Some('\\'), Some('u')) || !(0xdc00..0xe000).contains(&low) {
        return Err(FilterError::BadString);
    }
    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)).ok_or(FilterError::BadString)
}

fn unit(chars: &mut impl Iterator<Item = (usize, char)>) -> Result<u32, FilterError> {
    let digit = |value: u32, next: char| Some(value * 16 + next.to_digit(16)?);
    let digits: Vec<char> = chars.take(4).map(|(_, next)| next).collect();
    let value = digits.iter().try_fold(0, |value, next| digit(value, *next));
    value.filter(|_| digits.len() == 4).ok_or(FilterError::BadString)
}

fn word(text: &str) -> Result<(Token, &str), FilterError> {
    let in_word = |next: char| next.is_alphanumeric() || matches!(next, '_' | '.' | '-' | '+');
    let end = text.find(|next| !in_word(next)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match (word.chars().next(), word.parse::<f64>()) {
        (None, _) => Err(FilterError::Unexpected(text.chars().take(1).collect())),
        (Some(first), Ok(number)) if !first.is_alphabetic() => Ok((Token::Number(number), rest)),
        _ => Ok((Token::Word(word.to_owned()), rest)),
    }
}
