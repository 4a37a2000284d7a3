//! `cargo xtask lambda`: the functions' programs as Lambda starts them, `target/lambda/KIND/FUNCTION/bootstrap`.
//!
//! One package a call: built together, each would link what any of them needs. What is deployed is built by cargo-lambda,
//! as SAM does it: it brings a linker and the C library of Amazon Linux.

use crate::command::{Outcome, cargo, run, step};
use crate::paths;
use crate::setup;
use std::fs;
use std::path::{Path, PathBuf};

/// What cargo-lambda calls the processor of this machine.
const HERE: &str = if cfg!(target_arch = "aarch64") { "--arm64" } else { "--x86-64" };

/// What the programs are built for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For this machine and without optimisation: what the tests start.
    Dev,
    /// For this machine as it is deployed.
    Release,
    /// For Graviton as it is deployed.
    Arm64,
}

impl Kind {
    const fn folder(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Arm64 => "arm64",
        }
    }
}

/// Builds every function; `--dev` or `--arm64` instead of a release for this machine. `--test` has the tests that start
/// functions start those that are deployed, instead of the faster built ones of `cargo xtask test`.
pub(crate) fn build(arguments: &[String]) -> Outcome {
    let kind = match arguments {
        [one, rest @ ..] if one == "--test" => return test(rest),
        [] => Kind::Release,
        [one] if one == "--dev" => Kind::Dev,
        [one] if one == "--arm64" => Kind::Arm64,
        _ => return Err("usage: cargo xtask lambda [--dev | --arm64 | --test [ARGUMENT…]]".to_owned()),
    };
    step("functions");
    let target = paths::target();
    let folder = target.join("lambda").join(kind.folder());
    for function in functions()? {
        match kind {
            Kind::Dev => with_cargo(&function, &target.join("debug"), &folder.join(&function))?,
            Kind::Release => with_cargo_lambda(&function, HERE, &folder)?,
            Kind::Arm64 => with_cargo_lambda(&function, "--arm64", &folder)?,
        }
    }
    Ok(())
}

/// Builds the program that the functions' starts are compared with, and gives the folder of all of them.
pub(crate) fn build_hello() -> Outcome<PathBuf> {
    let folder = paths::target().join("lambda").join(Kind::Release.folder());
    with_cargo_lambda("hello", HERE, &folder)?;
    Ok(folder)
}

/// Further arguments go to `cargo test`.
fn test(arguments: &[String]) -> Outcome {
    setup::run()?;
    build(&[])?;
    step("tests of what is deployed");
    let built = paths::target().join("lambda").join(Kind::Release.folder());
    let tests = ["test", "-p", "front-door", "-p", "clients", "--test", "suite", "--test", "lambda"];
    run(cargo().env("LAMBDA_BOOTSTRAPS", built).args(tests).args(arguments))
}

/// The functions are the folders.
fn functions() -> Outcome<Vec<String>> {
    let folder = paths::root().join("functions");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| folder.join(name).join("src/main.rs").is_file()).collect();
    names.sort();
    Ok(names)
}

fn with_cargo(function: &str, built: &Path, place: &Path) -> Outcome {
    run(cargo().args(["build", "--locked", "-p", function, "--bin", function]))?;
    let failed = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(place).map_err(failed)?;
    // Put there whole: a test that starts it meanwhile gets the old one or the new one. Others may build it, too.
    let half = place.join(format!("bootstrap.{}", std::process::id()));
    fs::copy(built.join(function), &half).map_err(failed)?;
    fs::rename(&half, place.join("bootstrap")).map_err(failed)
}

fn with_cargo_lambda(function: &str, processor: &str, folder: &Path) -> Outcome {
    let tools = setup::cargo_lambda()?;
    run(cargo()
        .env("PATH", path_after(&tools))
        .args(["lambda", "build", "--release", "--locked", processor, "-p", function, "--bin", function])
        .arg("--lambda-dir")
        .arg(folder))
}

/// cargo-lambda looks for its linker through the first Python in `PATH`.
pub(crate) fn path_after(first: &Path) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = [first.to_owned()].into_iter().chain(std::env::split_paths(&path)).collect();
    std::env::join_paths(folders).unwrap_or(path)
}
