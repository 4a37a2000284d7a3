//! Whether an example has changed since it was added. Its id still stands for the original contents.

use langsmith::{Example, NewExample};

use crate::json::same::{is_another, is_other, lacks};

/// Whether `stored`, added as `given`, has other contents by now. Splits and further labels do not count.
pub(super) fn is_changed(given: &NewExample<'_>, stored: &Example<'_>) -> bool {
    // LangSmith's own way of writing the example when it was added is no change.
    let is_untouched = stored
        .modified_at
        .zip(stored.created_at)
        .is_some_and(|(modified, created)| modified.get() == created.get());
    if is_untouched {
        return false;
    }
    is_another(given.inputs, stored.inputs)
        || (given.outputs.is_some() && is_other(given.outputs, stored.outputs))
        || lacks(stored.metadata, given.metadata)
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use uuid::Uuid;

    use super::*;

    const LATER: &str = r#""created_at":"1","modified_at":"2""#;

    fn changed([inputs, outputs, metadata]: [&str; 3], stored: &str) -> bool {
        let json = |text: &'static str| serde_json::from_str::<&RawValue>(text).ok();
        let leak = |text: &str| json(Box::leak(text.to_owned().into_boxed_str()));
        let given = NewExample {
            id: Uuid::nil(),
            dataset_id: Uuid::nil(),
            inputs: leak(inputs),
            outputs: leak(outputs),
            metadata: leak(metadata),
            split: None,
            source: None,
        };
        let stored = format!(r#"{{"id":"x",{stored}}}"#);
        is_changed(&given, &serde_json::from_str(&stored).unwrap())
    }

    #[test]
    fn what_was_given_is_compared_with_what_is_there() {
        let with = |rest: &str| format!(r#"{LATER},"inputs":{{"q":1.0}}{rest}"#);
        for (outputs, metadata, rest, expected) in [
            ("", "", r#","outputs":{"a":1}"#, false),
            ("", "", r#","metadata":{"dataset_split":["base"]}"#, false),
            (r#"{"a":1}"#, "", r#","outputs":{"a":1}"#, false),
            (r#"{"a":1}"#, "", r#","outputs":{"a":2}"#, true),
            (r#"{"a":1}"#, "", "", true),
            ("{}", "", "", false),
            ("{}", "", r#","outputs":{"a":1}"#, true),
            ("", r#"{"l":1}"#, r#","metadata":{"l":1,"more":2}"#, false),
            ("", r#"{"l":1}"#, r#","metadata":{"l":2}"#, true),
        ] {
            assert_eq!(changed([r#"{"q":1}"#, outputs, metadata], &with(rest)), expected, "{rest}");
        }
        assert!(changed([r#"{"q":2}"#, "", ""], &with("")));
    }

    #[test]
    fn what_nobody_wrote_to_is_not_changed() {
        let stored = |times: &str| format!(r#"{times},"inputs":{{"n":null}}"#);
        for (times, expected) in
            [(r#""created_at":"1","modified_at":"1""#, false), (LATER, true), (r#""created_at":"1""#, true)]
        {
            assert_eq!(changed([r#"{"n":1e400}"#, "", ""], &stored(times)), expected, "{times}");
        }
    }
}
