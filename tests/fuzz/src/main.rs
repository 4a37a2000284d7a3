//! The program that libFuzzer drives; `FUZZ_TARGET` names the target.
#![no_main]
#![expect(clippy::unwrap_used, reason = "libFuzzer owns the command line")]

use std::sync::OnceLock;

use fuzz::{Server, TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static STARTED: OnceLock<(Server, Target)> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let (server, target) = STARTED.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap();
        (Server::start(), *TARGETS.iter().find(|target| target.name == name).unwrap())
    });
    (target.feed)(server, bytes);
});
