//! The store of datasets and examples. SDK: a duplicate dataset name is answered 409, after which its plugin for pytest
//! reads the dataset. Description: an example is deleted from the newest version only. Assumed: ids stay taken after a
//! deletion. Assumed: a write is atomic.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{StoredDataset, StoredExample, Version};
use crate::reply::{ApiError, already_exists};
use crate::shelf::lock;

/// All datasets of all workspaces.
#[derive(Default)]
pub(crate) struct Datasets(Mutex<Stock>);

impl Datasets {
    /// Reads the store.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Stock) -> T) -> T {
        look(&lock(&self.0))
    }

    /// Changes the store. The time of the change is later than that of every earlier one, so that each makes a version
    /// of its own.
    pub(crate) fn write<T>(
        &self,
        now: OffsetDateTime,
        change: impl FnOnce(&mut Stock, OffsetDateTime) -> T,
    ) -> T {
        let mut stock = lock(&self.0);
        let at = stock.last.map_or(now, |last| now.max(last + Duration::MICROSECOND));
        stock.last = Some(at);
        change(&mut stock, at)
    }
}

/// The data behind the lock.
#[derive(Default)]
pub(crate) struct Stock {
    datasets: Vec<StoredDataset>,
    /// In creation order.
    examples: Vec<StoredExample>,
    places: BTreeMap<Uuid, usize>,
    last: Option<OffsetDateTime>,
}

impl Stock {
    /// The datasets of a workspace.
    pub(crate) fn datasets(&self, workspace: Uuid) -> impl Iterator<Item = &StoredDataset> {
        self.datasets.iter().filter(move |dataset| dataset.workspace == workspace)
    }

    /// A dataset; one of another workspace does not exist for the caller.
    pub(crate) fn dataset(&self, workspace: Uuid, id: Uuid) -> Result<&StoredDataset, ApiError> {
        let found = self.datasets(workspace).find(|dataset| dataset.id == id);
        found.ok_or(ApiError::NotFound("Dataset"))
    }

    /// The examples of a dataset, oldest first, including deleted ones.
    pub(crate) fn examples(&self, dataset: Uuid) -> impl Iterator<Item = &StoredExample> {
        self.examples.iter().filter(move |example| example.dataset == dataset)
    }

    /// An example of a dataset.
    pub(crate) fn example_of(&self, dataset: Uuid, id: Uuid) -> Result<&StoredExample, ApiError> {
        let found = self.public_example(id).filter(|example| example.dataset == dataset);
        found.ok_or(ApiError::NotFound("Example"))
    }

    /// An example and its dataset.
    pub(crate) fn example(
        &self,
        workspace: Uuid,
        id: Uuid,
    ) -> Result<(&StoredDataset, &StoredExample), ApiError> {
        let missing = || ApiError::NotFound("Example");
        let example = self.public_example(id).ok_or_else(missing)?;
        let dataset = self.dataset(workspace, example.dataset).map_err(|_| missing())?;
        Ok((dataset, example))
    }

    /// An example of any workspace: links to attachments need no credential.
    pub(crate) fn public_example(&self, id: Uuid) -> Option<&StoredExample> {
        self.examples.get(*self.places.get(&id)?)
    }

    /// Adds a dataset.
    pub(crate) fn add_dataset(&mut self, dataset: StoredDataset) -> Result<(), ApiError> {
        self.check_name(dataset.workspace, &dataset.name, None)?;
        if self.datasets.iter().any(|other| other.id == dataset.id) {
            return Err(ApiError::Conflict("Dataset with this id already exists.".to_owned()));
        }
        self.datasets.push(dataset);
        Ok(())
    }

    /// Fails if another dataset of the workspace has this name.
    pub(crate) fn check_name(&self, workspace: Uuid, name: &str, own: Option<Uuid>) -> Result<(), ApiError> {
        let is_other = |other: &StoredDataset| Some(other.id) != own && other.name == name;
        if self.datasets(workspace).any(is_other) {
            return Err(ApiError::Conflict("Dataset with this name already exists.".to_owned()));
        }
        Ok(())
    }

    /// Adds all examples or, if one of them exists, none; with `partly`, adds the new ones.
    pub(crate) fn add_examples(
        &mut self,
        examples: Vec<StoredExample>,
        partly: bool,
    ) -> Result<(), ApiError> {
        let mut seen = BTreeSet::new();
        let is_old =
            |example: &StoredExample| self.places.contains_key(&example.id) || !seen.insert(example.id);
        let (old, new): (Vec<_>, Vec<_>) = examples.into_iter().partition(is_old);
        let old: Vec<Uuid> = old.iter().map(|example| example.id).collect();
        if !old.is_empty() && !partly {
            return Err(already_exists("Example", &old));
        }
        for example in new {
            self.touch(example.dataset, example.latest().map(|version| version.at));
            self.places.insert(example.id, self.examples.len());
            self.examples.push(example);
        }
        if old.is_empty() { Ok(()) } else { Err(already_exists("Example", &old)) }
    }

    /// Deletes an example from now on. Its id stays taken, and earlier states of its dataset still have it.
    pub(crate) fn delete_example(
        &mut self,
        workspace: Uuid,
        id: Uuid,
        at: OffsetDateTime,
    ) -> Result<(), ApiError> {
        let (_, example) = self.example(workspace, id)?;
        example.latest().ok_or(ApiError::NotFound("Example"))?;
        let dataset = example.dataset;
        if let Some(example) = self.example_mut(id) {
            example.deleted = Some(at);
        }
        self.touch(dataset, Some(at));
        Ok(())
    }

    /// Removes the content of an example from every state.
    pub(crate) fn erase_example(&mut self, workspace: Uuid, id: Uuid) -> Result<(), ApiError> {
        self.example(workspace, id)?;
        if let Some(example) = self.example_mut(id) {
            example.versions.clear();
        }
        Ok(())
    }

    /// Changes the details of a dataset.
    pub(crate) fn update_dataset(
        &mut self,
        workspace: Uuid,
        id: Uuid,
        at: OffsetDateTime,
        change: impl FnOnce(&mut StoredDataset),
    ) -> Result<&StoredDataset, ApiError> {
        let is_meant = |dataset: &&mut StoredDataset| dataset.workspace == workspace && dataset.id == id;
        let dataset = self.datasets.iter_mut().find(is_meant).ok_or(ApiError::NotFound("Dataset"))?;
        change(dataset);
        dataset.modified = at;
        Ok(dataset)
    }

    /// Deletes a dataset with its examples. Their ids stay taken.
    pub(crate) fn delete_dataset(&mut self, workspace: Uuid, id: Uuid) -> Result<(), ApiError> {
        self.dataset(workspace, id)?;
        self.datasets.retain(|dataset| dataset.id != id);
        self.examples
            .iter_mut()
            .filter(|example| example.dataset == id)
            .for_each(|example| example.dataset = Uuid::nil());
        Ok(())
    }

    /// The times at which a dataset changed.
    pub(crate) fn moments(&self, dataset: Uuid) -> BTreeSet<OffsetDateTime> {
        self.examples(dataset).flat_map(StoredExample::moments).collect()
    }

    /// Adds versions to existing examples.
    pub(crate) fn add_versions(&mut self, versions: BTreeMap<Uuid, Version>) {
        for (id, version) in versions {
            let Some(example) = self.example_mut(id) else { continue };
            let (dataset, at) = (example.dataset, version.at);
            example.versions.push(version);
            self.touch(dataset, Some(at));
        }
    }

    /// Gives a dataset a new id, as if it had been deleted and recreated with the same examples. The old id then names
    /// nothing.
    pub(crate) fn remake_dataset(&mut self, workspace: Uuid, name: &str, new: Uuid) -> Option<()> {
        let is_meant = |dataset: &&mut StoredDataset| dataset.workspace == workspace && dataset.name == name;
        let dataset = self.datasets.iter_mut().find(is_meant)?;
        let old = std::mem::replace(&mut dataset.id, new);
        self.examples
            .iter_mut()
            .filter(|example| example.dataset == old)
            .for_each(|example| example.dataset = new);
        Some(())
    }

    fn example_mut(&mut self, id: Uuid) -> Option<&mut StoredExample> {
        self.examples.get_mut(*self.places.get(&id)?)
    }

    fn touch(&mut self, dataset: Uuid, at: Option<OffsetDateTime>) {
        if let Some(dataset) = self.datasets.iter_mut().find(|candidate| candidate.id == dataset) {
            dataset.modified = at.map_or(dataset.modified, |at| dataset.modified.max(at));
        }
    }
}
