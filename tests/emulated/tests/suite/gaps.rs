//! Workarounds for the emulator's gaps stay only as long as the gaps exist.

use emulated::{Emulator, run, script, turn};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_gap_is_still_there() {
    let _turn = turn().await;
    let closed = run(script("gaps.py").arg(&Emulator::shared().url));
    let closed: Value = serde_json::from_slice(&closed).unwrap();
    assert_eq!(closed, json!([]), "MiniStack has learnt this");
}
