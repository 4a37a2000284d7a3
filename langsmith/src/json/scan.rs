//! Splits pages of JSON objects into members that are slices of the page. A page can be megabytes, mostly strings that
//! nothing here inspects, and a general parser's work for each byte and member would be most of a call's time.
//!
//! Unusual pages are not split here: the result is `None`, and `serde_json` parses and validates the page. Unusual are
//! white space other than spaces before the end of the page, names with escapes, duplicates of the members that are
//! kept, and invalid JSON.

use primitives::eight_bytes::quote_or_backslash;

use crate::json::long_list::push;
use crate::json::received::{PLAIN_LEVELS, Received};

/// The typical size of an object in bytes, and the typical number of objects: the initial capacity of a list, so that
/// it is seldom reallocated.
const BYTES_PER_OBJECT: usize = 2048;
const OBJECTS_PER_PAGE: usize = 128;

/// An object that is built from its members by name. [`members!`] implements it.
pub(crate) trait Members<'a>: Default {
    /// Keeps the value of a member, `None` for null. Returns a bit that stands for this member, or 0 if it is not kept.
    fn set_member(&mut self, name: &str, value: Option<Received<'a>>) -> u64;
}

/// Implements [`Members`] for a type with fields of the members' names.
macro_rules! members {
    ($type:ident: $($field:ident),* $(,)?) => {
        impl<'a> $crate::json::scan::Members<'a> for $type<'a> {
            fn set_member(&mut self, name: &str, value: Option<$crate::Received<'a>>) -> u64 {
                #[expect(non_camel_case_types, reason = "the fields, numbered")]
                enum Number {
                    $($field),*
                }
                match name {
                    $(stringify!($field) => {
                        self.$field = value;
                        1 << Number::$field as u64
                    })*
                    _ => 0,
                }
            }
        }
    };
}
pub(crate) use members;

/// The objects of a page that is an array.
pub(crate) fn list<'a, T: Members<'a>>(page: &'a [u8]) -> Option<Vec<T>> {
    let mut scan = Scan::new(page)?;
    let items = scan.objects::<T, T>()?;
    scan.is_at_end().then_some(items)
}

/// The objects of the array in the page's member `name`, each converted as soon as it is complete, and the value of its
/// member `other`.
pub(crate) fn list_named<'a, T: Members<'a>, U: From<T>>(
    page: &'a [u8],
    name: &str,
    other: &str,
) -> Option<(Vec<U>, Option<Received<'a>>)> {
    let mut scan = Scan::new(page)?;
    let (mut items, mut beside) = (None, None);
    scan.members(|scan, member| {
        let is_first = if member == name {
            items.replace(scan.objects::<T, U>()?).is_none()
        } else {
            let value = scan.value()?;
            member != other || beside.replace(value.unless_null()).is_none()
        };
        is_first.then_some(())
    })?;
    if scan.is_at_end() { items.map(|items| (items, beside.flatten())) } else { None }
}

/// A page and the position in it.
struct Scan<'a> {
    page: &'a str,
    /// Whether all of the page is ASCII.
    is_ascii: bool,
    at: usize,
    /// The closing brackets of the open objects and arrays within the current value.
    open: Vec<u8>,
    seen: Seen,
}

/// Counts and properties of the current value.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Commas and colons outside of strings.
    separators: usize,
    /// The longest string, in bytes.
    longest: usize,
    /// Whether there are escapes, white space or many levels.
    is_odd: bool,
}

impl<'a> Scan<'a> {
    fn new(page: &'a [u8]) -> Option<Self> {
        let page = without_white_space_at_end(page);
        // Control characters are invalid in a string. If the page has none, no string needs the check.
        let outermost = |(least, most): (u8, u8), byte: &u8| (least.min(*byte), most.max(*byte));
        let (least, most) = page.iter().fold((u8::MAX, u8::MIN), outermost);
        let page = str::from_utf8(page).ok().filter(|_| least >= b' ')?;
        Some(Self { page, is_ascii: most < 0x80, at: 0, open: Vec::new(), seen: Seen::default() })
    }

    fn objects<T: Members<'a>, U: From<T>>(&mut self) -> Option<Vec<U>> {
        let mut items = Vec::with_capacity((self.rest().len() / BYTES_PER_OBJECT).min(OBJECTS_PER_PAGE));
        self.eat(b'[')?;
        if self.eat(b']').is_some() {
            return Some(items);
        }
        loop {
            let (mut item, mut taken) = (T::default(), 0);
            self.members(|scan, name| {
                let member = item.set_member(name, scan.value()?.unless_null());
                let is_first = taken & member == 0;
                taken |= member;
                is_first.then_some(())
            })?;
            push(&mut items, U::from(item))?;
            if self.eat(b',').is_none() {
                self.eat(b']')?;
                return Some(items);
            }
        }
    }

    /// Scans an object. `member` is called before each value and has to advance past it.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        if self.eat(b'}').is_some() {
            return Some(());
        }
        loop {
            self.eat(b'"')?;
            let start = self.at;
            let is_plain = self.skip_string()?;
            let name = self.page.get(start..self.at - 1).filter(|_| is_plain)?;
            self.eat(b':')?;
            member(self, name)?;
            if self.eat(b',').is_none() {
                return self.eat(b'}');
            }
        }
    }

    /// Scans any value.
    fn value(&mut self) -> Option<Received<'a>> {
        let first = self.peek()?;
        let start = self.at;
        self.seen = Seen::default();
        match first {
            b'{' | b'[' => self.skip_value()?,
            first => self.skip_scalar(first)?,
        }
        let json = self.page.get(start..self.at)?;
        let Seen { separators, longest, is_odd } = self.seen;
        let is_plain = !is_odd && (self.is_ascii || json.is_ascii());
        Some(if is_plain { Received::plain(json, separators, longest) } else { Received::of(json) })
    }

    /// Skips a value of any depth, without recursion.
    fn skip_value(&mut self) -> Option<()> {
        self.open.clear();
        loop {
            match self.peek()? {
                b'{' => {
                    self.at += 1;
                    if self.eat(b'}').is_none() {
                        self.push(b'}');
                        self.skip_name()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if self.eat(b']').is_none() {
                        self.push(b']');
                        continue;
                    }
                }
                other => self.skip_scalar(other)?,
            }
            // After a value: the next one in the innermost open object or array, or its end.
            loop {
                let Some(close) = self.open.last().copied() else { return Some(()) };
                if self.eat(b',').is_some() {
                    self.seen.separators += 1;
                    if close == b'}' {
                        self.skip_name()?;
                    }
                    break;
                }
                self.eat(close)?;
                self.open.pop();
            }
        }
    }

    fn push(&mut self, close: u8) {
        self.open.push(close);
        self.seen.is_odd |= self.open.len() > PLAIN_LEVELS;
    }

    fn skip_name(&mut self) -> Option<()> {
        self.eat(b'"')?;
        self.skip_string()?;
        self.seen.separators += 1;
        self.eat(b':')
    }

    fn skip_scalar(&mut self, first: u8) -> Option<()> {
        let word = match first {
            b'"' => {
                self.at += 1;
                return self.skip_string().map(drop);
            }
            b't' => "true",
            b'f' => "false",
            b'n' => "null",
            _ => return self.skip_number(),
        };
        self.at += word.len();
        (self.page.get(self.at - word.len()..self.at) == Some(word)).then_some(())
    }

    /// Skips a number (RFC 8259 section 6).
    fn skip_number(&mut self) -> Option<()> {
        self.step(b'-');
        if !self.step(b'0') {
            self.digits()?;
        }
        if self.step(b'.') {
            self.digits()?;
        }
        if self.step(b'e') || self.step(b'E') {
            let _sign = self.step(b'+') || self.step(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let rest = self.rest();
        let count = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        self.at += count;
        (count > 0).then_some(())
    }

    /// Skips the rest of a string after its opening quote. Returns whether it has no escapes.
    fn skip_string(&mut self) -> Option<bool> {
        let start = self.at;
        let mut is_plain = true;
        loop {
            self.at += quote_or_backslash(self.rest())?;
            match self.rest() {
                [b'"', ..] => {
                    self.seen.longest = self.seen.longest.max(self.at - start);
                    self.seen.is_odd |= !is_plain;
                    self.at += 1;
                    return Some(is_plain);
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
                [b'\\', b'u', unit @ ..] if unit.get(..4)?.iter().all(u8::is_ascii_hexdigit) => self.at += 6,
                _ => return None,
            }
            is_plain = false;
        }
    }

    /// Skips spaces and `byte`, if it follows them.
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// Skips spaces and returns the next byte.
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.page.as_bytes().get(self.at) {
            if *byte != b' ' {
                return Some(*byte);
            }
            self.seen.is_odd = true;
            self.at += 1;
        }
        None
    }

    /// Skips `byte` if it follows immediately. Returns whether it does.
    fn step(&mut self, byte: u8) -> bool {
        let is_there = self.page.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn rest(&self) -> &'a [u8] {
        self.page.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }
}

/// The page without JSON's white space at its end. Encoders often end a page with a newline.
fn without_white_space_at_end(mut page: &[u8]) -> &[u8] {
    while let [before @ .., b' ' | b'\t' | b'\n' | b'\r'] = page {
        page = before;
    }
    page
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
