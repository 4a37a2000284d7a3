//! Many grants at once, without a login for each.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use primitives::ids::UserRef;

/// DynamoDB's maximum number of items in a transaction.
const BATCH: usize = 100;

/// Copies a user's only grant `copies` times. The copies have the original's tokens, which refer to the original.
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
            let put = Put::builder().table_name(&table).set_item(Some(copy)).build().unwrap();
            TransactWriteItem::builder().put(put).build()
        })
        .collect();
    for batch in puts.chunks(BATCH) {
        database.transact_write_items().set_transact_items(Some(batch.to_vec())).send().await.unwrap();
    }
}
