//! Just enough HTML parsing to fill in our own forms like a browser: hidden fields and defaults come from the page.

/// A form of a page.
#[derive(Debug)]
pub(crate) struct Form {
    /// The path of its action.
    pub(crate) action: String,
    fields: Vec<(String, String)>,
}

impl Form {
    /// The form of `page` with this action.
    pub(crate) fn find(page: &str, action: &str) -> Option<Self> {
        page.split("<form ")
            .skip(1)
            .filter_map(|text| text.split("</form>").next())
            .find(|text| attribute(text, "action").is_some_and(|found| found == action))
            .map(|text| Self { action: action.to_owned(), fields: fields(text) })
    }

    /// The form's body, with `choices` in place of its own values of the same names.
    pub(crate) fn body(&self, choices: &[(&str, &str)]) -> String {
        let own = self.fields.iter().filter(|(name, _)| choices.iter().all(|(chosen, _)| chosen != name));
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(own.chain(choices.iter().copied()))
            .finish()
    }
}

/// The fields of the unmodified form: hidden and text fields, and the checked ones of the others.
fn fields(form: &str) -> Vec<(String, String)> {
    form.split("<input ")
        .skip(1)
        .filter_map(|text| text.split('>').next())
        .filter(|tag| {
            let chosen = tag.split_whitespace().any(|word| word == "checked");
            chosen || !matches!(attribute(tag, "type").as_deref(), Some("radio" | "checkbox"))
        })
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let from = tag.split_once(&format!("{name}=\""))?.1;
    Some(from.split('"').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form method="post" action="/other"><input type="hidden" name="ticket" value="no"></form>
        <form method="post" action="/consent"><input type="hidden" name="ticket" value="t-1">
        <input type="radio" name="workspace" value="a" required><input type="radio" name="workspace" value="b" required checked>
        <input type="checkbox" name="scope" value="x:read" checked><input type="checkbox" name="scope" value="y">
        <button name="decision" value="allow">Allow</button></form>"#;

    #[test]
    fn a_form_is_sent_with_its_defaults_and_the_choices() {
        let form = Form::find(PAGE, "/consent").unwrap();
        assert_eq!(
            form.body(&[("decision", "allow")]),
            "ticket=t-1&workspace=b&scope=x%3Aread&decision=allow"
        );
        assert_eq!(form.body(&[("workspace", "a"), ("scope", "")]), "ticket=t-1&workspace=a&scope=");
    }

    #[test]
    fn a_form_that_is_not_there_is_not_found() {
        assert!(Form::find(PAGE, "/login").is_none());
    }
}
