//! The size of the list of tools in a model's context, counted with the tokenizers that vendors have published.

use clients::{Program, System};
use langsmith_double::data::ADA_KEY;

const MOST: u64 = 8_000;

#[tokio::test]
async fn the_list_of_tools_takes_at_most_8000_tokens() {
    let system = System::start().await;
    let counts = Program::node("tokens.mjs").args([system.mcp_url().as_str(), ADA_KEY]).report().await;
    let counts = counts.as_object().unwrap();
    assert_eq!(counts.len(), 3, "{counts:?}");
    for (tokenizer, count) in counts {
        let count = count.as_u64().unwrap();
        assert!((4_000..=MOST).contains(&count), "{tokenizer}: {count}");
    }
    system.stop().await;
}
