//! The query of `GET /examples`. Description: its parameters. Assumed: filters support metadata and text, and nothing
//! else.

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::sample_id;
use crate::datasets::{AsOf, Columns, Stock, StoredDataset, StoredExample, Version};
use crate::fql::{self, Filter};
use crate::json::{contained, contains};
use crate::params::{Params, invalid};
use crate::reply::ApiError;

/// The selection, order and columns of a listing.
pub(in crate::routes) struct ExampleQuery<'p> {
    limit: usize,
    offset: usize,
    ids: Vec<Uuid>,
    dataset: Option<Uuid>,
    as_of: AsOf,
    splits: Vec<&'p str>,
    /// The search texts, in lower case.
    texts: Vec<String>,
    metadata: Option<Value>,
    filter: Option<Filter>,
    columns: Columns,
    order: Order,
    descending: bool,
}

enum Order {
    Modified,
    Created,
    Id,
    Random(String),
}

/// An example and its version at the requested moment.
pub(in crate::routes) type Found<'a> = (&'a StoredExample, &'a Version);

/// Every name that `select` accepts.
const SELECT: [&str; 13] = [
    "id",
    "created_at",
    "modified_at",
    "name",
    "dataset_id",
    "source_run_id",
    "source_session_id",
    "source_run_start_time",
    "source_trace_id",
    "metadata",
    "inputs",
    "outputs",
    "attachment_urls",
];

impl<'p> ExampleQuery<'p> {
    /// Validates every parameter.
    pub(in crate::routes) fn read(params: &'p Params) -> Result<Self, ApiError> {
        // Accepted for older clients; inputs and outputs are always in the answer.
        params.flag("inline_s3_urls")?;
        let dataset = params.ids("dataset")?.into_iter().last();
        let order = order(params)?;
        let by_id = matches!(order, Order::Id);
        Ok(Self {
            limit: params.limit(100)?,
            offset: params.offset()?,
            ids: params.ids("id")?,
            dataset,
            as_of: AsOf::parse(params.text("as_of")),
            splits: params.all("splits").collect(),
            texts: params.all("full_text_contains").map(str::to_lowercase).collect(),
            metadata: contained(params)?,
            filter: params.text("filter").map(filter).transpose()?,
            columns: columns(params)?,
            order,
            descending: params.flag("descending")?.unwrap_or(!by_id),
        })
    }

    /// The same query, restricted to one dataset.
    pub(in crate::routes) fn of(self, dataset: Uuid) -> Self {
        Self { dataset: Some(dataset), ..self }
    }

    /// The requested page, each example in its wire form.
    pub(in crate::routes) fn page(
        &self,
        stock: &Stock,
        workspace: Uuid,
        base: &str,
    ) -> Result<Vec<String>, ApiError> {
        let mut found = self.all(stock, workspace)?;
        self.sort(&mut found);
        let page = found.into_iter().skip(self.offset).take(self.limit);
        Ok(page.map(|(example, version)| example.wire(version, self.columns, base)).collect())
    }

    /// Every matching example, unordered.
    pub(in crate::routes) fn all<'s>(
        &self,
        stock: &'s Stock,
        workspace: Uuid,
    ) -> Result<Vec<Found<'s>>, ApiError> {
        match self.dataset {
            Some(id) => {
                let dataset = stock.dataset(workspace, id)?;
                Ok(self.found(stock, dataset, dataset.resolve_as_of(&self.as_of)?))
            }
            None => Ok(self.everywhere(stock, workspace)),
        }
    }

    /// Searches every dataset of the workspace; those without the requested version are left out.
    fn everywhere<'s>(&self, stock: &'s Stock, workspace: Uuid) -> Vec<Found<'s>> {
        let known = stock
            .datasets(workspace)
            .filter_map(|dataset| Some((dataset, dataset.resolve_as_of(&self.as_of).ok()?)));
        known.flat_map(|(dataset, moment)| self.found(stock, dataset, moment)).collect()
    }

    fn found<'s>(&self, stock: &'s Stock, dataset: &StoredDataset, moment: OffsetDateTime) -> Vec<Found<'s>> {
        let examples = stock.examples(dataset.id);
        let then = examples.filter_map(|example| Some((example, example.at(moment)?)));
        then.filter(|(example, version)| self.keeps(example, version)).collect()
    }

    fn keeps(&self, example: &StoredExample, version: &Version) -> bool {
        (self.ids.is_empty() || self.ids.contains(&example.id))
            && (self.splits.is_empty() || version.is_in(&self.splits))
            && (self.texts.is_empty() || {
                let text = version.search_text();
                self.texts.iter().all(|wanted| text.contains(wanted))
            })
            && self.metadata.as_ref().is_none_or(|wanted| {
                wanted.as_object().into_iter().flatten().all(|(key, value)| {
                    version.metadata.get(key).is_some_and(|actual| contains(actual, value))
                })
            })
            && self.filter.as_ref().is_none_or(|filter| matches(filter, version))
    }

    fn sort(&self, found: &mut [Found<'_>]) {
        match &self.order {
            Order::Modified => found.sort_by_key(|(_, version)| version.at),
            Order::Created => found.sort_by_key(|(example, _)| example.created),
            Order::Id => found.sort_by_key(|(example, _)| example.id),
            Order::Random(seed) => {
                found.sort_by_cached_key(|(example, _)| sample_id(&format!("{seed}:{}", example.id)));
            }
        }
        if self.descending {
            found.reverse();
        }
    }
}

fn order(params: &Params) -> Result<Order, ApiError> {
    match params.text("order").unwrap_or("recent") {
        "recent" => Ok(Order::Modified),
        "recently_created" => Ok(Order::Created),
        "id" => Ok(Order::Id),
        "random" => Ok(Order::Random(params.text("random_seed").unwrap_or_default().to_owned())),
        _ => Err(invalid("order", "Input should be 'recent', 'random', 'recently_created' or 'id'")),
    }
}

fn columns(params: &Params) -> Result<Columns, ApiError> {
    let names: Vec<&str> = params.all("select").collect();
    if names.iter().any(|name| !SELECT.contains(name)) {
        return Err(invalid("select", "Input should be a column of an example"));
    }
    let has = |name| names.contains(&name);
    if names.is_empty() {
        return Ok(Columns::LISTED);
    }
    Ok(Columns { outputs: has("outputs"), metadata: has("metadata"), attachments: has("attachment_urls") })
}

/// Parses a filter. Examples have fewer fields than runs: only metadata and text.
fn filter(text: &str) -> Result<Filter, ApiError> {
    let wrong = |reason: String| ApiError::BadRequest(format!("Invalid filter: {reason}"));
    let filter = fql::parse(text).map_err(|error| wrong(error.to_string()))?;
    if is_answerable(&filter) { Ok(filter) } else { Err(wrong("unknown field of an example".to_owned())) }
}

fn is_answerable(filter: &Filter) -> bool {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => filters.iter().all(is_answerable),
        Filter::Not(filter) => is_answerable(filter),
        Filter::Contains(_) | Filter::Exists(_) | Filter::Search(_) => true,
        Filter::Test(_) => false,
    }
}

fn matches(filter: &Filter, version: &Version) -> bool {
    match filter {
        Filter::All(filters) => filters.iter().all(|filter| matches(filter, version)),
        Filter::Any(filters) => filters.iter().any(|filter| matches(filter, version)),
        Filter::Not(filter) => !matches(filter, version),
        Filter::Contains(pairs) => pairs
            .iter()
            .all(|(key, value)| version.metadata.get(key).is_some_and(|actual| contains(actual, value))),
        Filter::Exists(key) => version.metadata.contains_key(key),
        Filter::Search(text) => version.search_text().contains(text),
        Filter::Test(_) => false,
    }
}
