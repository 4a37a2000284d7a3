//! `cargo xtask lambda`: the functions' programs for Lambda, `target/lambda/KIND/FUNCTION/bootstrap`.
//!
//! Deployed programs are built one package per call: built together, each would link what any of them needs.
//! cargo-lambda builds them, as in SAM: it brings a linker and the C library of Amazon Linux.

use crate::command::{EVERYTHING, Outcome, cargo, run, step};
use crate::paths;
use crate::setup;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable for the folder of programs that are built already.
const BUILT: &str = "LAMBDA_BOOTSTRAPS";

/// cargo-lambda's name for this machine's architecture.
const HERE: &str = if cfg!(target_arch = "aarch64") { "--arm64" } else { "--x86-64" };

/// The target of a build.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For this machine and unoptimised: started by the tests. Built together with everything else, so that no crate is
    /// compiled once for the tests and twice more for programs that need fewer features of it.
    Dev,
    /// For this machine, otherwise as deployed.
    Release,
    /// For Graviton, as deployed.
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

/// Builds every function: a release for this machine, or another kind with `--dev` or `--arm64`. With `--test`, the
/// tests that start functions use the release programs instead of the quickly built ones of `cargo xtask test`.
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

/// Makes a command's tests start the programs for tests.
pub(crate) fn started_by(tests: &mut Command) -> Outcome<&mut Command> {
    let (variable, folder) = for_tests()?;
    Ok(tests.env(variable, folder))
}

/// Builds the programs for tests, because cargo cannot build while it tests. Returns the
/// variable of the environment that names their folder, and its value.
pub(crate) fn for_tests() -> Outcome<(&'static str, PathBuf)> {
    build(&["--dev".to_owned()])?;
    Ok((BUILT, folder(Kind::Dev)))
}

fn folder(kind: Kind) -> PathBuf {
    paths::target().join("lambda").join(kind.folder())
}

/// Builds the baseline program for the functions' starts, and returns the folder of all programs.
pub(crate) fn build_hello() -> Outcome<PathBuf> {
    let folder = folder(Kind::Release);
    with_cargo_lambda("hello", HERE, &folder)?;
    Ok(folder)
}

/// Runs the tests; passes further arguments to `cargo test`.
fn test(arguments: &[String]) -> Outcome {
    setup::run()?;
    build(&[])?;
    step("tests of what is deployed");
    let tests = ["test", "-p", "front-door", "-p", "clients", "--test", "suite", "--test", "lambda"];
    run(cargo().env(BUILT, folder(Kind::Release)).args(tests).args(arguments))
}

/// The names of the functions, which are those of their folders.
fn functions() -> Outcome<Vec<String>> {
    let folder = paths::root().join("functions");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| folder.join(name).join("src/main.rs").is_file()).collect();
    names.sort();
    Ok(names)
}

/// Copies a program to the place where it is started.
fn put(built: &Path, place: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(place).map_err(failed)?;
    // Renamed into place: a test that starts it meanwhile gets either the old or the new one. Other processes may build
    // it, too.
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
