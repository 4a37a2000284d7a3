//! Splits pages of JSON objects: their members become slices of the page. A page can be megabytes, most of it texts that
//! nobody here looks into, and what a general reader does for each byte and each member is most of a call's time.
//!
//! Whatever is out of the ordinary is not split here: nothing is returned then, and `serde_json` reads the page and judges
//! it. That goes for white space other than spaces, names with escapes, members that come twice, and JSON that is wrong.

use super::long_list::MAX_ITEMS;
use super::received::{PLAIN_LEVELS, Received};
use crate::eight_bytes::quote_or_backslash;

/// How many bytes an object of a list often takes, and how many there often are: a list that starts with room for them is
/// seldom moved as it grows.
const USUAL: usize = 2048;
const USUALLY: usize = 128;

/// An object whose members are known by their names.
pub(super) trait Members<'a>: Default {
    /// Takes the value of a member, which is not null. `false` if it has one already.
    fn take(&mut self, name: &str, value: Received<'a>) -> bool;
}

/// The objects of a list that is the whole page.
pub(super) fn list<'a, T: Members<'a>>(page: &'a [u8]) -> Option<Vec<T>> {
    let mut scan = Scan::new(page)?;
    let items = scan.objects()?;
    scan.is_at_end().then_some(items)
}

/// The objects of the list that is the member `name` of the page, and the value of the member `other`.
pub(super) fn list_named<'a, T: Members<'a>>(
    page: &'a [u8],
    name: &str,
    other: &str,
) -> Option<(Vec<T>, Option<Received<'a>>)> {
    let mut scan = Scan::new(page)?;
    let (mut items, mut beside) = (None, None);
    scan.members(|scan, member| {
        let is_first = if member == name {
            items.replace(scan.objects()?).is_none()
        } else {
            let value = scan.value()?;
            member != other || value.get() == "null" || beside.replace(value).is_none()
        };
        is_first.then_some(())
    })?;
    if scan.is_at_end() { items.map(|items| (items, beside)) } else { None }
}

/// A place in a page.
struct Scan<'a> {
    page: &'a str,
    /// Whether all of the page is ASCII.
    is_ascii: bool,
    at: usize,
    /// What closes the objects and arrays around the place, within a value.
    open: Vec<u8>,
    seen: Seen,
}

/// What was seen of a value.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Commas and colons outside of texts.
    separators: usize,
    /// The longest text, in bytes.
    longest: usize,
    /// Whether there are escapes, white space or many levels.
    is_odd: bool,
}

impl<'a> Scan<'a> {
    fn new(page: &'a [u8]) -> Option<Self> {
        // Control characters are wrong in a text. Where the page has none, nobody has to look for them again.
        let outermost = |(least, most): (u8, u8), byte: &u8| (least.min(*byte), most.max(*byte));
        let (least, most) = page.iter().fold((u8::MAX, u8::MIN), outermost);
        let page = str::from_utf8(page).ok().filter(|_| least >= b' ')?;
        Some(Self { page, is_ascii: most < 0x80, at: 0, open: Vec::new(), seen: Seen::default() })
    }

    fn objects<T: Members<'a>>(&mut self) -> Option<Vec<T>> {
        let mut items = Vec::with_capacity((self.rest().len() / USUAL).min(USUALLY));
        self.eat(b'[')?;
        if self.eat(b']').is_some() {
            return Some(items);
        }
        loop {
            let mut item = T::default();
            self.members(|scan, name| {
                let value = scan.value()?;
                (value.get() == "null" || item.take(name, value)).then_some(())
            })?;
            if items.len() == MAX_ITEMS {
                return None;
            }
            items.push(item);
            if self.eat(b',').is_none() {
                self.eat(b']')?;
                return Some(items);
            }
        }
    }

    /// Goes through an object. `member` is called at each value, and has to go behind it.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        if self.eat(b'}').is_some() {
            return Some(());
        }
        loop {
            self.eat(b'"')?;
            let start = self.at;
            let is_plain = self.text()?;
            let name = self.page.get(start..self.at - 1).filter(|_| is_plain)?;
            self.eat(b':')?;
            member(self, name)?;
            if self.eat(b',').is_none() {
                return self.eat(b'}');
            }
        }
    }

    /// Any value.
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

    /// Goes behind a value, however deep it is.
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
            // Behind a value: the next one of what is open follows, or its end.
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
        self.text()?;
        self.seen.separators += 1;
        self.eat(b':')
    }

    fn skip_scalar(&mut self, first: u8) -> Option<()> {
        let word = match first {
            b'"' => {
                self.at += 1;
                return self.text().map(drop);
            }
            b't' => "true",
            b'f' => "false",
            b'n' => "null",
            _ => return self.skip_number(),
        };
        self.at += word.len();
        (self.page.get(self.at - word.len()..self.at) == Some(word)).then_some(())
    }

    /// RFC 8259 section 6.
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

    /// Goes behind a text whose opening quote is passed; whether it has no escapes.
    fn text(&mut self) -> Option<bool> {
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

    /// Goes behind spaces and this byte, if it follows.
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// The next byte that is no space.
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

    /// Goes behind this byte, if it follows at once.
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

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
