//! The corpus of every target, and mutations of it. `cargo xtask fuzz` searches further.
#![expect(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use fuzz::{Server, TARGETS, TOOLS};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

/// One for all tests of this program.
static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// How many mutations of a target's corpus are fed.
const MUTATIONS: u32 = 200;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Some bytes of the corpus with a few of them replaced, inserted, taken away or doubled.
fn mutations(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<u8>(), 0..4_u8);
    (prop::sample::select(corpus), prop::collection::vec(change, 1..6)).prop_map(|(mut bytes, changes)| {
        for (at, byte, how) in changes {
            let at = at.index(bytes.len().max(1));
            match (how, bytes.get_mut(at)) {
                (0, Some(place)) => *place = byte,
                (1, Some(_)) => drop(bytes.remove(at)),
                (2, Some(_)) => bytes.extend_from_within(at..),
                _ => bytes.insert(at.min(bytes.len()), byte),
            }
        }
        bytes
    })
}

fn feed(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let corpus = corpus(name);
    assert!(!corpus.is_empty());
    for bytes in &corpus {
        (target.feed)(&SERVER, bytes);
    }
    let config = Config { cases: MUTATIONS, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&mutations(corpus), |bytes| {
            (target.feed)(&SERVER, &bytes);
            Ok(())
        })
        .unwrap();
}

/// Its first byte chooses the tool.
#[test]
fn the_corpus_has_arguments_of_every_tool() {
    let tools: BTreeSet<u8> = corpus("arguments").iter().map(|bytes| bytes[0]).collect();
    let missing: Vec<_> =
        (0..TOOLS.len()).filter(|tool| !tools.iter().any(|byte| usize::from(*byte) == *tool)).collect();
    assert!(
        missing.is_empty(),
        "corpus/arguments has no file for {:?}",
        missing.iter().map(|at| TOOLS[*at]).collect::<Vec<_>>()
    );
}

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            feed(stringify!($name));
        })+

        #[test]
        fn every_target_is_fed() {
            assert_eq!(TARGETS.map(|target| target.name), [$(stringify!($name)),+]);
        }
    };
}

targets! {
    redirect_uri, registration, authorization_query, token_form, refresh_token, cookie, access_token, message, arguments, guarded_url,
    server_answer,
}
