//! Makes names that others chose safe to show in our own sentences.

/// The maximum number of characters shown; a longer name could push important text off the screen.
const MAX_CHARS: usize = 80;

/// The maximum number of combining marks on one letter. Two suffice for every living script; a stack of them would
/// cover other lines.
const MAX_MARKS: usize = 2;

/// A client's, person's or workspace's name as our pages show it: one line, no control, bidirectional or invisible
/// characters (a right-to-left override would let `moc.live` read as `evil.com`), no double quotation marks, at most 80
/// characters.
///
/// The result is plain text, not HTML; templates still escape it.
pub fn display_name(name: &str) -> String {
    let mut shown = String::new();
    let (mut chars, mut marks, mut gap) = (0, 0, false);
    for c in name.chars() {
        if c.is_whitespace() {
            gap = !shown.is_empty();
            continue;
        }
        if c.is_control() || is_invisible(c) || is_quotation_mark(c) {
            continue;
        }
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks > MAX_MARKS {
            continue;
        }
        if chars + 1 + usize::from(gap) > MAX_CHARS {
            shown.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            shown.push(' ');
            chars += 1;
        }
        shown.push(c);
        chars += 1;
    }
    if shown.is_empty() { "(no name)".to_owned() } else { shown }
}

/// Our headings put names in quotation marks, which a name must not close: the rest would read as our own words.
const fn is_quotation_mark(c: char) -> bool {
    matches!(c, '"' | '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{2036}' | '\u{275D}' | '\u{275E}' | '\u{301D}'..='\u{301F}' | '\u{FF02}')
}

/// Format characters (Unicode category Cf) and letters without a visible glyph.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{0600}'..='\u{0605}' | '\u{061C}' | '\u{06DD}' | '\u{070F}'
        | '\u{0890}' | '\u{0891}' | '\u{08E2}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{115F}' | '\u{1160}'
        | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The general blocks of combining marks, which stack without a limit.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{064B}'..='\u{065F}'
        | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_does_not_close_its_quotation_marks() {
        assert_eq!(display_name("app” is verified. \"Allow\" „now‟"), "app is verified. Allow now");
        assert_eq!(display_name("Ada's «app»"), "Ada's «app»");
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["Claude Code", "Visual Studio Code – Insiders", "名前 テスト", "مرحبا", "Zoë 🦀"]
        {
            assert_eq!(display_name(name), name);
        }
    }

    #[test]
    fn hostile_names_are_tamed() {
        for (name, shown) in [
            ("", "(no name)"),
            (" \u{200B}\u{3164}\n", "(no name)"),
            ("  two \r\n\t lines  ", "two lines"),
            ("Cursor\u{202E}moc.live", "Cursormoc.live"),
            ("a\u{2066}b\u{2069}\0\u{7F}c", "abc"),
            ("pay\u{E0041}load", "payload"),
            ("Z\u{0300}\u{0301}\u{0302}\u{0303}o", "Z\u{0300}\u{0301}o"),
            ("<b>x</b>", "<b>x</b>"),
        ] {
            assert_eq!(display_name(name), shown, "{name:?}");
        }
    }

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!(display_name(&"x".repeat(80)), "x".repeat(80));
        assert_eq!(display_name(&"x".repeat(300)), format!("{}…", "x".repeat(80)));
    }

    proptest! {
        #[test]
        fn any_name_is_one_short_visible_line(name in any::<String>()) {
            let shown = display_name(&name);
            prop_assert!((1..=MAX_CHARS + 1).contains(&shown.chars().count()));
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_invisible(c)));
            prop_assert_eq!(shown.trim(), &shown);
        }
    }
}
