//! Datasets and examples.

use serde_json::json;

use super::{Both, about, capitals, countries};
use crate::session::the;

/// `create_dataset`, then the SDK's `list_examples` and splits.
pub(super) async fn ours(both: &mut Both) {
    let wanted = json!({"dataset_name": "ours", "description": "Capitals", "examples": capitals()});
    let made = both.tool("create_dataset", wanted).await;
    assert_eq!(made["examples_created"], 3, "{made}");
    let found = both.sdk("list_examples", json!({"dataset": "ours"})).await;
    assert_eq!(countries(&found), ["Chad", "Peru", "日本"]);
    let japan = about(&found, "日本");
    assert_eq!(japan["outputs"], json!({"capital": "東京"}));
    assert_eq!(japan["metadata"], json!({"level": 2, "dataset_split": ["test"]}));
    assert_eq!(both.sdk("list_splits", json!({"dataset": "ours"})).await, json!(["hard", "test", "train"]));
    let test = both.sdk("list_examples", json!({"dataset": "ours", "splits": ["test"]})).await;
    assert_eq!(countries(&test), ["Chad", "日本"]);
}

/// `update_examples`, then the SDK's `list_examples` of the current and the earlier version.
pub(super) async fn of_then(both: &mut Both) {
    let before = both.sdk("versions", json!({"dataset": "ours"})).await[0].take();
    let found = both.sdk("list_examples", json!({"dataset": "ours"})).await;
    let peru = &about(&found, "Peru")["id"];
    let updates = json!([{"example_id": peru, "outputs": {"capital": "Cusco"}, "split": "hard"}]);
    assert_eq!(both.tool("update_examples", json!({ "updates": updates })).await["updated"], 1);
    let hard = both.sdk("list_examples", json!({"dataset": "ours", "splits": ["hard"]})).await;
    assert_eq!(countries(&hard), ["Chad", "Peru"]);
    assert_eq!(about(&hard, "Peru")["outputs"], json!({"capital": "Cusco"}));
    let then = both.sdk("list_examples", json!({"dataset": "ours", "as_of": before})).await;
    assert_eq!(about(&then, "Peru")["outputs"], json!({"capital": "Lima"}));
    assert_eq!(about(&then, "Peru")["metadata"]["dataset_split"], json!(["train"]));
    let same = both.tool("list_examples", json!({"dataset_name": "ours", "as_of": before})).await;
    assert_eq!(about(&same["examples"], "Peru")["outputs"], json!({"capital": "Lima"}));
}

/// The SDK's `create_dataset` and `create_examples`, then `list_datasets`, `list_examples` and `read_example`.
pub(super) async fn theirs(both: &mut Both) {
    let made = both.sdk("create_dataset", json!({"name": "theirs", "examples": capitals()})).await;
    assert_eq!(made["count"], 3);
    let datasets = both.list("list_datasets", "datasets", json!({"dataset_name": "theirs"})).await;
    let dataset = the(&datasets, "name", "theirs");
    assert_eq!((&dataset["id"], &dataset["example_count"]), (&made["id"], &json!(3)), "{dataset}");
    let test = both.tool("list_examples", json!({"dataset_name": "theirs", "splits": ["test"]})).await;
    assert_eq!(countries(&test["examples"]), ["Chad", "日本"]);
    let chad = about(&test["examples"], "Chad");
    let read = both.tool("read_example", json!({"example_id": chad["id"]})).await;
    assert_eq!(read["example"]["outputs"], json!({"capital": "N'Djamena"}), "{read}");
}
