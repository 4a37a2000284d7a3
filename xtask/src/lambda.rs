//! `cargo xtask lambda`: the functions' programs as Lambda starts them, `target/lambda/KIND/FUNCTION/bootstrap`.
//!
//! What is deployed is built one package a call: built together, each would link what any of them needs. cargo-lambda does
//! it, as SAM does: it brings a linker and the C library of Amazon Linux.

use crate::command::{EVERYTHING, Outcome, cargo, run, step};
use crate::paths;
use crate::setup;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the tests look for programs that are built already.
const BUILT: &str = "LAMBDA_BOOTSTRAPS";

/// What cargo-lambda calls the processor of this machine.
const HERE: &str = if cfg!(target_arch = "aarch64") { "--arm64" } else { "--x86-64" };

/// What the programs are built for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For this machine and without optimisation: what the tests start. Built with everything else, so that no crate is
    /// compiled once for the tests and twice more for programs that need less of it.
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
    let folder = folder(kind);
    if kind == Kind::Dev {
        run(cargo().arg("build").args(EVERYTHING))?;
    }
    for function in functions()? {
        match kind {
            Kind::Dev => put(&paths::target().join("debug").join(&function), &folder.join(&function))?,
            Kind::Release => with_cargo_lambda(&function, HERE, &folder)?,
            Kind::Arm64 => with_cargo_lambda(&function, "--arm64", &folder)?,
        }
    }
    Ok(())
}

/// Has a command's tests start the programs for tests, built before it: while cargo tests, it builds nothing else.
pub(crate) fn started_by(tests: &mut Command) -> Outcome<&mut Command> {
    build(&["--dev".to_owned()])?;
    Ok(tests.env(BUILT, folder(Kind::Dev)))
}

fn folder(kind: Kind) -> PathBuf {
    paths::target().join("lambda").join(kind.folder())
}

/// Builds the program that the functions' starts are compared with, and gives the folder of all of them.
pub(crate) fn build_hello() -> Outcome<PathBuf> {
    let folder = folder(Kind::Release);
    with_cargo_lambda("hello", HERE, &folder)?;
    Ok(folder)
}

/// Further arguments go to `cargo test`.
fn test(arguments: &[String]) -> Outcome {
    setup::run()?;
    build(&[])?;
    step("tests of what is deployed");
    let tests = ["test", "-p", "front-door", "-p", "clients", "--test", "suite", "--test", "lambda"];
    run(cargo().env(BUILT, folder(Kind::Release)).args(tests).args(arguments))
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

/// Puts a program where it is started from.
fn put(built: &Path, place: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(place).map_err(failed)?;
    // Put there whole: a test that starts it meanwhile gets the old one or the new one. Others may build it, too.
    let half = place.join(format!("bootstrap.{}", std::process::id()));
    fs::copy(built, &half).map_err(failed)?;
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
