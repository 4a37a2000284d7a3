//! Checks that apply to every page with a form, on its HTML.

/// The tags of `name` in `page`, each from `<name` to its `>`.
pub(crate) fn tags<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    page.split(&open).skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)).collect()
}

/// Asserts that every visible control is in a label, none can be focused by a fragment, and every form carries the
/// ticket.
pub(crate) fn assert_well_made(page: &str) {
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("style=") && !page.contains("\u{202E}"), "{page}");
    for chunk in page.split("<input").skip(1) {
        assert!(!chunk.split('>').next().unwrap().contains(" id="), "{chunk}");
    }
    let visible = tags(page, "input").iter().filter(|tag| !tag.contains("type=\"hidden\"")).count();
    assert_eq!(visible, page.matches("<label").count(), "{page}");
    let forms: Vec<&str> = page.split("<form").skip(1).collect();
    for form in forms {
        let form = form.split("</form>").next().unwrap();
        assert!(form.contains("method=\"post\""), "{form}");
        assert!(form.contains("<input type=\"hidden\" name=\"ticket\" value=\"t-1\">"), "{form}");
    }
}
