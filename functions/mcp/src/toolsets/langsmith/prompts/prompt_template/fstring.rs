//! Python's format strings (its "Format String Syntax"), without the parts refused by LangChain: positions, attributes,
//! indexes and nested fields.

use std::collections::BTreeSet;
use std::str::Chars;

use super::Flaw;

const LONE_OPEN: Flaw = Flaw("has a { without its }; write a literal brace twice: {{ or }}");
const LONE_CLOSE: Flaw = Flaw("has a } without its {; write a literal brace twice: {{ or }}");

pub(super) fn variables(template: &str) -> Result<BTreeSet<String>, Flaw> {
    let mut found = BTreeSet::new();
    let mut rest = template.chars();
    while let Some(character) = rest.next() {
        let doubled = matches!(character, '{' | '}') && rest.as_str().starts_with(character);
        match character {
            _ if doubled => {
                rest.next();
            }
            '{' => {
                found.insert(field(&mut rest)?);
            }
            '}' => return Err(LONE_CLOSE),
            _ => {}
        }
    }
    Ok(found)
}

/// The name in the field after its opening brace. Consumes the whole field.
fn field(rest: &mut Chars<'_>) -> Result<String, Flaw> {
    let text = rest.as_str();
    let end = text.find(['{', '}', ':', '!']).ok_or(LONE_OPEN)?;
    let (name, after) = text.split_at_checked(end).ok_or(LONE_OPEN)?;
    let mut after = after.chars();
    match after.next() {
        Some('}') => {}
        Some('!') => conversion(&mut after)?,
        Some(':') => format(&mut after)?,
        _ => return Err(Flaw("has a { inside of a variable")),
    }
    *rest = after;
    checked(name)
}

/// A conversion: `!r}` or `!r:…}`.
fn conversion(after: &mut Chars<'_>) -> Result<(), Flaw> {
    let how = after.next();
    match (how, after.next()) {
        (Some(_), Some('}')) => Ok(()),
        (Some(_), Some(':')) => format(after),
        _ => Err(Flaw("has a ! in a variable without a conversion after it")),
    }
}

fn format(after: &mut Chars<'_>) -> Result<(), Flaw> {
    match after.find(|character| matches!(character, '{' | '}')) {
        Some('}') => Ok(()),
        Some(_) => Err(Flaw("has a { inside of a variable's format")),
        None => Err(LONE_OPEN),
    }
}

fn checked(name: &str) -> Result<String, Flaw> {
    if name.contains(['.', '[', ']']) {
        return Err(Flaw("has a variable with a dot or an index, which LangChain refuses"));
    }
    if !name.is_empty() && name.chars().all(char::is_numeric) {
        return Err(Flaw("has a number in place of a variable's name"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(template: &str) -> Vec<String> {
        variables(template).unwrap().into_iter().collect()
    }

    #[test]
    fn variables_are_found_once_and_sorted() {
        assert_eq!(found("Hi {b}, {a} and {b}: {{not}} {c!r} {d:>10} {e!s:x}"), ["a", "b", "c", "d", "e"]);
        assert_eq!(found("{größe} { a }"), [" a ", "größe"]);
        assert_eq!(found("{{{a}}} {}"), ["", "a"]);
        assert_eq!(found(""), Vec::<String>::new());
        assert_eq!(found(r#"{"score": 1}"#), ["\"score\""]);
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for template in [
            "{", "}", "a}", "{a", "{a:", "{a:{b}}", "{a!", "{a!r", "{a!rx}", "{0}", "{a.b}", "{a[0]}",
            "{a{b}}",
        ] {
            assert!(variables(template).is_err(), "{template}");
        }
    }

    proptest! {
        #[test]
        fn doubled_braces_make_any_text_a_template(text in "\\PC{0,60}") {
            let template = text.replace('{', "{{").replace('}', "}}");
            prop_assert_eq!(variables(&template), Ok(BTreeSet::new()));
        }

        #[test]
        fn variables_are_found_in_any_text_or_a_flaw_is(text in "[{}:!a-c.\\[\\]0é]{0,40}") {
            match variables(&text) {
                Ok(found) => prop_assert!(found.iter().all(|name| text.contains(name.as_str())), "{found:?}"),
                Err(Flaw(flaw)) => prop_assert!(text.contains(['{', '}']), "{flaw}"),
            }
        }
    }
}
