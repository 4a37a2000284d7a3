//! Explanations of other servers, in a form that may be shown to a caller and logged.

/// One line of at most `limit` characters, with `[…]` for every word that could be a URL or a key.
pub fn cleaned(text: &str, limit: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let kept: Vec<&str> = words.map(|word| if is_sensitive(word) { "[…]" } else { word }).collect();
    kept.join(" ").chars().take(limit).collect()
}

fn is_sensitive(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    lower.contains("://") || lower.contains("lsv2_") || lower.contains("eyj") || lower.contains("ls__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_is_one_bounded_line_without_urls_and_keys() {
        let text = "no\n such\tkey=lsv2_pt_abc, see https://internal.example/x or eyJhbGci.x";
        assert_eq!(cleaned(text, 400), "no such […] see […] or […]");
        assert_eq!(cleaned(&"é".repeat(9), 4), "éééé");
    }
}
