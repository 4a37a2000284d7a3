//! Many grants at once, without a login for each.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use shared::ids::UserRef;

/// How many items DynamoDB takes in one batch.
const BATCH: usize = 25;

/// Gives a user's only grant `copies` siblings. They have the same tokens as the original, which name the original.
pub async fn multiply(database: &Client, user: &UserRef, copies: usize) {
    let table = format!("{}-grants", local::database::PREFIX);
    let query = database
        .query()
        .table_name(&table)
        .key_condition_expression("user_ref = :user")
        .expression_attribute_values(":user", AttributeValue::S(user.as_str().to_owned()));
    let found = query.send().await.unwrap().items.unwrap();
    let [original] = found.as_slice() else { panic!("{} grants", found.len()) };
    let puts: Vec<_> = (0..copies)
        .map(|index| {
            let mut copy = original.clone();
            copy.insert("grant_id".to_owned(), AttributeValue::S(format!("{index:022}")));
            let put = PutRequest::builder().set_item(Some(copy)).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        })
        .collect();
    for batch in puts.chunks(BATCH) {
        let answer = database.batch_write_item().request_items(&table, batch.to_vec()).send().await.unwrap();
        assert!(answer.unprocessed_items.unwrap_or_default().is_empty());
    }
}
