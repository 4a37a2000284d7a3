//! The list of deployments, page by page, and each of them as far as it can be used.

use std::collections::BTreeSet;

use bytes::Bytes;
use reqwest::Url;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::transport::body::borrowed;
use crate::{DataPlaneProblem, UpstreamError};

/// The number of deployments in a page: the most that the control plane gives.
pub(super) const PAGE: usize = 100;

/// The maximum number of pages that are read.
const MAX_PAGES: usize = 10;

/// The maximum number of deployments that are kept, usable or not.
const MAX_KEPT: usize = 200;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 100;

/// The states in which a deployment has no server: not yet, not any more, or stopped. Others, also new ones, are tried.
const WITHOUT_SERVER: [&str; 3] = ["AWAITING_DATABASE", "AWAITING_DELETE", "UNUSED"];

/// A deployment with an address that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its id, which it keeps when it is renamed.
    pub id: Uuid,
    /// Its name, at most 100 characters of it.
    pub name: String,
    /// The address of its Agent Server.
    pub address: Url,
}

/// Why a deployment is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Its address breaks a rule that holds for data planes, too.
    Address(DataPlaneProblem),
    /// Its host is none that gets the caller's LangSmith credential.
    Host,
}

/// A caller's deployments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployments {
    /// Those that can be used, by id.
    pub usable: Vec<Deployment>,
    /// The names of those that cannot, with the reasons.
    pub unusable: Vec<(String, Unusable)>,
    /// Whether there may be more of them: too many, or the control plane repeats its first page.
    pub is_cut: bool,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    resources: Vec<&'a RawValue>,
}

/// The members that are read.
#[derive(Deserialize)]
struct Resource {
    id: Uuid,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    source_config: Option<SourceConfig>,
}

#[derive(Deserialize)]
struct SourceConfig {
    #[serde(default)]
    custom_url: Option<String>,
}

/// A list while it is read.
#[derive(Default)]
pub(super) struct Listing {
    found: Vec<Resource>,
    ids: BTreeSet<Uuid>,
    pages: usize,
    /// How many resources the pages had.
    count: usize,
    is_over: bool,
    is_cut: bool,
}

impl Listing {
    /// The offset of the next page to read.
    pub(super) fn next_offset(&self) -> Option<usize> {
        (!self.is_over).then_some(self.count)
    }

    /// Adds a page. An old control plane ignores the offset: a page without anything new is the last one.
    pub(super) fn add(&mut self, body: &Bytes) -> Result<(), UpstreamError> {
        let page: Page<'_> = borrowed(body)?;
        let is_full = page.resources.len() >= PAGE;
        self.count += page.resources.len();
        self.pages += 1;
        let resources = page.resources.into_iter().filter_map(|raw| serde_json::from_str(raw.get()).ok());
        let new: Vec<Resource> = resources.filter(|found: &Resource| self.ids.insert(found.id)).collect();
        self.is_cut = is_full && (new.is_empty() || self.pages >= MAX_PAGES);
        self.is_over = !is_full || self.is_cut;
        self.found.extend(new);
        Ok(())
    }

    /// The deployments; `usable` judges their addresses.
    pub(super) fn finish(mut self, usable: impl Fn(&str) -> Result<Url, Unusable>) -> Deployments {
        self.found.retain(Resource::has_server);
        self.found.sort_by_key(|found| found.id);
        let mut deployments =
            Deployments { is_cut: self.is_cut || self.found.len() > MAX_KEPT, ..Deployments::default() };
        for found in self.found.into_iter().take(MAX_KEPT) {
            let Some(address) = found.source_config.and_then(|config| config.custom_url) else { continue };
            let name: String = found.name.unwrap_or_default().chars().take(MAX_NAME).collect();
            match usable(&address) {
                Ok(address) => deployments.usable.push(Deployment { id: found.id, name, address }),
                Err(why) => deployments.unusable.push((name, why)),
            }
        }
        deployments
    }
}

impl Resource {
    fn has_server(&self) -> bool {
        let has_address = self.source_config.as_ref().is_some_and(|config| config.custom_url.is_some());
        has_address && !self.status.as_deref().is_some_and(|status| WITHOUT_SERVER.contains(&status))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn resource(number: usize) -> Value {
        let id = Uuid::from_u128(u128::try_from(number).unwrap());
        json!({"id": id, "name": format!("d{number}"), "status": "READY", "source_config": {"custom_url": "https://a.example"}})
    }

    fn body(resources: impl IntoIterator<Item = Value>) -> Bytes {
        let resources: Vec<Value> = resources.into_iter().collect();
        json!({"resources": resources, "offset": 0}).to_string().into()
    }

    fn parsed(address: &str) -> Result<Url, Unusable> {
        Url::parse(address).map_err(|_| Unusable::Host)
    }

    #[test]
    fn pages_follow_until_one_is_not_full() {
        let mut listing = Listing::default();
        assert_eq!(listing.next_offset(), Some(0));
        listing.add(&body((0..PAGE).map(resource))).unwrap();
        assert_eq!(listing.next_offset(), Some(PAGE));
        listing.add(&body((PAGE..PAGE + 3).map(resource))).unwrap();
        assert_eq!(listing.next_offset(), None);
        let all = listing.finish(parsed);
        assert_eq!((all.usable.len(), all.is_cut), (PAGE + 3, false));
    }

    #[test]
    fn a_repeated_page_ends_the_list() {
        let mut listing = Listing::default();
        for _ in 0..2 {
            assert!(listing.next_offset().is_some());
            listing.add(&body((0..PAGE).map(resource))).unwrap();
        }
        assert_eq!(listing.next_offset(), None);
        let all = listing.finish(parsed);
        assert_eq!((all.usable.len(), all.is_cut), (PAGE, true));
    }

    #[test]
    fn a_list_without_end_is_cut() {
        let mut listing = Listing::default();
        let mut pages = 0;
        while let Some(offset) = listing.next_offset() {
            listing.add(&body((offset..offset + PAGE).map(resource))).unwrap();
            pages += 1;
        }
        assert_eq!(pages, MAX_PAGES);
        let all = listing.finish(parsed);
        assert_eq!((all.usable.len(), all.is_cut), (MAX_KEPT, true));
    }

    #[test]
    fn what_has_no_server_or_no_form_is_left_out() {
        let mut listing = Listing::default();
        let with = |number, member: &str, value: Value| {
            let mut resource = resource(number);
            resource[member] = value;
            resource
        };
        let resources = [
            with(1, "status", json!("AWAITING_DATABASE")),
            with(2, "status", json!("UNUSED")),
            with(3, "status", json!("AWAITING_DELETE")),
            with(4, "status", Value::Null),
            with(5, "source_config", Value::Null),
            with(6, "source_config", json!({"custom_url": null})),
            with(7, "source_config", json!({"custom_url": "no URL"})),
            with(8, "name", json!("x".repeat(500))),
            with(9, "name", json!({"not": "a text"})),
            with(10, "id", json!("no UUID")),
            json!("no object"),
        ];
        listing.add(&body(resources)).unwrap();
        let all = listing.finish(parsed);
        let names: Vec<usize> = all.usable.iter().map(|deployment| deployment.name.len()).collect();
        assert_eq!((names, all.is_cut), (vec![2, MAX_NAME], false));
        assert_eq!(all.unusable, [("d7".to_owned(), Unusable::Host)]);
        for wrong in ["[]", "{}", r#"{"resources": {}}"#, "", "<html>"] {
            assert_eq!(Listing::default().add(&wrong.into()), Err(UpstreamError::Malformed), "{wrong}");
        }
    }
}
