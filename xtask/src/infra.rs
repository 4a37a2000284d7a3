//! `cargo xtask infra`: all checks of the template that need no AWS account.
//!
//! The crate `infra` tests its meaning; this module runs AWS's own tools, and the build.

use crate::command::{Outcome, run, step};
use crate::lambda::path_after;
use crate::paths;
use crate::setup;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Checks the template, or builds its artifacts with `--build`; passes further arguments to `sam build`.
pub(crate) fn run_all(arguments: &[String]) -> Outcome {
    match arguments.split_first() {
        None => check(),
        Some((first, rest)) if first == "--build" => build(rest),
        Some((other, _)) => Err(format!("cargo xtask infra takes --build or nothing, not {other}")),
    }
}

/// `sam validate --lint` on the template, and the linter on the whole that AWS assembles from the parts.
pub(crate) fn check() -> Outcome {
    let programs = setup::sam::programs()?;
    step("template");
    run(sam(&programs)
        .args(["validate", "--lint", "--region", "us-east-1", "--template-file"])
        .arg(template()))?;
    let whole = paths::root().join("target/tmp/template");
    fs::create_dir_all(&whole).map_err(|error| format!("{}: {error}", whole.display()))?;
    run(Command::new(programs.join("python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(paths::infra().join("translate.py"))
        .arg("expand")
        .arg(&whole))?;
    run(Command::new(programs.join("cfn-lint")).arg(whole.join("*.yaml")).arg("--regions").args(regions()?))
}

/// The regions of `samconfig.toml`: not every region has every kind of resource.
fn regions() -> Outcome<Vec<String>> {
    let file = paths::root().join("samconfig.toml");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let value = |line: &str| Some(line.strip_prefix("region = \"")?.strip_suffix('"')?.to_owned());
    let mut regions: Vec<_> = text.lines().filter_map(value).collect();
    regions.sort();
    regions.dedup();
    Ok(regions)
}

/// `sam build` with the settings of `samconfig.toml`, for the environment `us` unless another `--config-env` is given.
fn build(arguments: &[String]) -> Outcome {
    let programs = setup::sam::programs()?;
    let builder = setup::cargo_lambda()?;
    step("functions");
    let mut command = sam(&programs);
    command.env("PATH", path_after(&builder)).arg("build");
    if !arguments.iter().any(|argument| argument.starts_with("--config-env")) {
        command.args(["--config-env", "us"]);
    }
    run(command.args(arguments))
}

fn sam(programs: &Path) -> Command {
    let mut command = Command::new(programs.join("sam"));
    command.current_dir(paths::root()).env("SAM_CLI_TELEMETRY", "0");
    command
}

fn template() -> PathBuf {
    paths::infra().join("template.yaml")
}
