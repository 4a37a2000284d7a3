//! A dataset with three examples, its versions, and changes of the examples.

use http::Method;
use serde_json::{Value, json};

use super::{Script, Weight, list, text};

/// The ids of the examples.
pub(super) type Examples = Vec<String>;

impl Script<'_> {
    /// Creates the dataset. Returns its examples, oldest first, or none on failure.
    pub(super) async fn datasets(&mut self) -> Examples {
        let name = self.names.base.clone();
        let dataset = self.new_dataset();
        let made = self.works("a dataset with examples", "create_dataset", dataset.clone()).await;
        let again = self.works("the same dataset again", "create_dataset", dataset).await;
        let counts = again.as_ref().map_or_else(
            || "refused".to_owned(),
            |again| format!("{} added, {} there", again["examples_created"], again["examples_existing"]),
        );
        self.fact("the same examples again", Weight::Counts, counts);
        let other = json!({"dataset_name": name, "description": "smoke: another description"});
        self.refuses("another description of the dataset", "create_dataset", other).await;
        let taken = json!({"name": name});
        let taken =
            self.look("a name of a dataset that is taken", (Method::POST, "/datasets"), Some(&taken)).await;
        self.fact("a dataset's name that is taken", Weight::Counts, taken.0.to_string());
        self.works("datasets by name", "list_datasets", json!({"dataset_name": name})).await;
        self.works("datasets by a part of the name", "list_datasets", json!({"query": name})).await;
        self.works("a dataset by name", "read_dataset", json!({"dataset_name": name})).await;
        match made.as_ref().and_then(|made| text(made, "/dataset_id")) {
            Some(id) => drop(self.works("a dataset by id", "read_dataset", json!({"dataset_id": id})).await),
            None => self.skip("a dataset by id", "read_dataset"),
        }
        let three = |listed: &Value| list(listed, "/examples").len() == 3;
        let listed = json!({"dataset_name": name, "limit": 10});
        let listed = self.settles("examples of the dataset", ("list_examples", listed), three).await;
        let mut examples: Vec<(String, String)> = Vec::new();
        for example in listed.as_ref().map_or(&[][..], |listed| list(listed, "/examples")) {
            if let (Some(question), Some(id)) = (text(example, "/inputs/question"), text(example, "/id")) {
                examples.push((question.to_owned(), id.to_owned()));
            }
        }
        examples.sort();
        let examples: Examples = examples.into_iter().map(|(_, id)| id).collect();
        self.versions(&examples).await;
        examples
    }

    fn new_dataset(&self) -> Value {
        json!({
            "dataset_name": self.names.base,
            "description": "smoke: safe to delete",
            "metadata": {"purpose": "smoke"},
            "inputs_schema": {"type": "object", "properties": {"question": {"type": "string"}}},
            "examples": [
                {"inputs": {"question": "smoke 1"}, "outputs": {"answer": "one"}, "split": "test"},
                {"inputs": {"question": "smoke 2"}, "outputs": {"answer": "two"}, "metadata": {"level": 2}},
                {"inputs": {"question": "smoke 3"}, "split": ["train", "hard"]},
            ],
        })
    }

    /// Changes examples, and reads their current and earlier versions.
    async fn versions(&mut self, examples: &Examples) {
        let [first, second, ..] = examples.as_slice() else {
            for step in ["an example", "an example after a change", "an example as it was"] {
                self.skip(step, "read_example");
            }
            return self.skip("a change of labels", "update_examples");
        };
        let before = self.works("an example", "read_example", json!({"example_id": first})).await;
        let change = json!({"example_id": first, "metadata": {"level": 3}});
        self.works("a change of labels", "update_examples", change.clone()).await;
        self.works("the same change of labels again", "update_examples", change).await;
        let changed = |example: &Value| example.pointer("/example/metadata/level") == Some(&json!(3));
        let read = ("read_example", json!({"example_id": first}));
        let after = self.settles("an example after a change", read, changed).await.unwrap_or_default();
        let split = after.pointer("/example/metadata/dataset_split");
        let kept = if split == Some(&json!(["test"])) { "kept" } else { "not kept" };
        self.fact("splits when only labels change", Weight::Counts, kept);
        let moment = before.as_ref().and_then(|before| text(before, "/example/modified_at"));
        match moment {
            Some(moment) => {
                let old = json!({"example_id": first, "as_of": moment});
                let old = self.works("an example as it was", "read_example", old).await.unwrap_or_default();
                let level = old.pointer("/example/metadata/level");
                let seen = if level.is_none() { "the older state" } else { "the newer state" };
                self.fact("an example as of its first change", Weight::Counts, seen);
            }
            None => self.skip("an example as it was", "read_example"),
        }
        let updates = json!({"updates": [
            {"example_id": first, "split": "test"},
            {"example_id": second, "outputs": {"answer": "two"}, "split": ["test", "hard"]},
        ]});
        self.works("changes of two examples", "update_examples", updates).await;
        let name = &self.names.base.clone();
        let two = |listed: &Value| list(listed, "/examples").len() == 2;
        let split = ("list_examples", json!({"dataset_name": name, "splits": ["test"]}));
        self.settles("examples of a split", split, two).await;
        let latest = json!({"dataset_name": name, "as_of": "latest"});
        self.works("examples of a tagged version", "list_examples", latest).await;
        let unknown = json!({"dataset_name": name, "as_of": "smoke-no-such-tag"});
        self.refuses("examples of an unknown version", "list_examples", unknown).await;
    }
}
