//! Mustache templates. Only names outside of all sections are variables of the prompt: inside, they belong to the
//! section's value.

use std::collections::BTreeSet;

use super::Flaw;

pub(super) fn variables(template: &str) -> Result<BTreeSet<String>, Flaw> {
    let mut reader = Reader { rest: template, open: "{{", close: "}}" };
    let mut found = BTreeSet::new();
    let mut sections: Vec<&str> = Vec::new();
    while let Some(tag) = reader.next_tag()? {
        match tag {
            Tag::Value(key) | Tag::Section(key) if sections.is_empty() && key != "." => {
                found.insert(key.split('.').next().unwrap_or_default().to_owned());
            }
            _ => {}
        }
        match tag {
            Tag::Section(key) => sections.push(key),
            Tag::End(key) if sections.pop() != Some(key) => {
                return Err(Flaw("closes a section that is not the one that is open"));
            }
            _ => {}
        }
    }
    if sections.is_empty() { Ok(found) } else { Err(Flaw("has a section that is not closed")) }
}

#[derive(Clone, Copy)]
enum Tag<'t> {
    Value(&'t str),
    /// A section, normal or inverted.
    Section(&'t str),
    End(&'t str),
    /// A comment, a partial, new delimiters.
    Other,
}

struct Reader<'t> {
    rest: &'t str,
    open: &'t str,
    close: &'t str,
}

impl<'t> Reader<'t> {
    fn next_tag(&mut self) -> Result<Option<Tag<'t>>, Flaw> {
        let Some((_, after)) = self.rest.split_once(self.open).filter(|(_, after)| !after.is_empty()) else {
            return Ok(None);
        };
        let (tag, after) = after.split_once(self.close).ok_or(Flaw("has a tag that is not closed"))?;
        self.rest = after;
        if tag.trim().is_empty() {
            return Err(Flaw("has an empty tag"));
        }
        let mut key = tag.chars();
        let kind = key.next();
        let key = key.as_str().trim();
        Ok(Some(match kind {
            Some('!' | '>') => Tag::Other,
            Some('#' | '^') => Tag::Section(key),
            Some('/') => Tag::End(key),
            Some('&') => Tag::Value(key),
            Some('{') => self.unescaped(key),
            Some('=') => self.delimiters(tag)?,
            _ => Tag::Value(tag.trim()),
        }))
    }

    /// An unescaped variable: `{{{key}}}`.
    fn unescaped(&mut self, key: &'t str) -> Tag<'t> {
        match self.rest.strip_prefix('}').filter(|_| (self.open, self.close) == ("{{", "}}")) {
            Some(after) => {
                self.rest = after;
                Tag::Value(key)
            }
            None => Tag::Other,
        }
    }

    /// New delimiters: `=open close=`.
    fn delimiters(&mut self, tag: &'t str) -> Result<Tag<'t>, Flaw> {
        let inner = tag.strip_prefix('=').and_then(|tag| tag.strip_suffix('='));
        let mut words = inner.unwrap_or_default().split_whitespace();
        let (Some(open), Some(close)) = (words.next(), words.next_back()) else {
            return Err(Flaw("changes its delimiters without naming two"));
        };
        (self.open, self.close) = (open, close);
        Ok(Tag::Other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(template: &str) -> Vec<String> {
        variables(template).unwrap().into_iter().collect()
    }

    #[test]
    fn only_what_stands_outside_of_sections_counts() {
        let template =
            "{{b}} {{#a}}x{{c}}{{#d}}{{/d}}{{/a}} {{ d.e }} {{{raw}}} {{&amp}} {{^none}}{{/none}} {{.}}";
        assert_eq!(found(template), ["a", "amp", "b", "d", "none", "raw"]);
        assert_eq!(found("{single} {{! a comment }} {{> other}} text"), Vec::<String>::new());
        assert_eq!(found("{{=<% %>=}}<% a %> {{b}}<%={{ }}=%>{{c}}"), ["a", "c"]);
        assert_eq!(found("ends in {{"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for template in
            ["{{a", "{{}}", "{{ }}", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{=x}}", "{{= =}}", "{{=x=}}"]
        {
            assert!(variables(template).is_err(), "{template}");
        }
    }

    proptest! {
        #[test]
        fn variables_are_found_in_any_text_or_a_flaw_is(text in "[{}#^/!>=&a-c. é]{0,40}") {
            match variables(&text) {
                Ok(found) => prop_assert!(found.iter().all(|name| text.contains(name.as_str())), "{found:?}"),
                Err(Flaw(flaw)) => prop_assert!(text.contains(['{', '}']), "{flaw}"),
            }
        }
    }
}
