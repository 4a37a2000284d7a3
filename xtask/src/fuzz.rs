//! `cargo xtask fuzz`: libFuzzer looks for bytes that break a parser (tests/fuzz). The library is built from the
//! sources in its crate, which takes a C++ compiler and no Clang.

use crate::command::{Outcome, cargo, run, step};
use crate::paths;
use std::process::Command;

/// Coverage for libFuzzer, and no sanitizer: the code has no `unsafe` of its own.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table";

/// The default time for each target, in seconds.
const SECONDS: &str = "600";

/// Feeds every target, or those named in `arguments`; `--seconds N` sets the time for each. Inputs with new coverage go
/// to `target/fuzz/found`, and inputs that break a promise to `target/fuzz/broken`.
pub(crate) fn run_all(arguments: &[String]) -> Outcome {
    let (seconds, names) = match arguments {
        [flag, seconds, names @ ..] if flag == "--seconds" => (seconds.as_str(), names),
        names => (SECONDS, names),
    };
    let folder = paths::target().join("fuzz");
    step("the instrumented program");
    // Build scripts and procedural macros are not instrumented where a target is named.
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    run(cargo()
        .args([
            "build",
            "--release",
            "--locked",
            "-p",
            "fuzz",
            "--features",
            "libfuzzer",
            "--target",
            &triple,
        ])
        .arg("--target-dir")
        .arg(&folder)
        .env("RUSTFLAGS", INSTRUMENTED)
        .envs([("CARGO_PROFILE_RELEASE_LTO", "off"), ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")])
        .envs([
            ("CARGO_PROFILE_RELEASE_STRIP", "none"),
            ("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true"),
        ]))?;
    let program = folder.join(&triple).join("release/fuzz");
    let corpus = paths::root().join("tests/fuzz/corpus");
    let mut all: Vec<String> = names.to_vec();
    if all.is_empty() {
        let entries = std::fs::read_dir(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
        all = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        all.sort();
    }
    for name in all {
        step(&name);
        let (found, broken) = (folder.join("found").join(&name), folder.join("broken").join(&name));
        for place in [&found, &broken] {
            std::fs::create_dir_all(place).map_err(|error| format!("{}: {error}", place.display()))?;
        }
        run(Command::new(&program)
            .env("FUZZ_TARGET", &name)
            .arg(format!("-max_total_time={seconds}"))
            .args(["-timeout=30", "-max_len=4096", "-print_final_stats=1", "-verbosity=0"])
            .arg(format!("-artifact_prefix={}/", broken.display()))
            .arg(&found)
            .arg(corpus.join(&name)))?;
    }
    Ok(())
}
