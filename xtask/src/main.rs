//! `cargo xtask`: the single way to set up, test and lint this repository, for CI and everyone else.
//!
//! It has no dependencies, so that it builds in seconds before anything else does.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks on the terminal")]

mod advisories;
mod bench;
mod command;
mod coverage;
mod deployments;
mod doctor;
mod emulator;
mod fuzz;
mod infra;
mod lambda;
mod lint;
mod mutants;
mod paths;
mod pins;
mod programs;
mod schemes;
mod setup;
mod smoke;
mod tools;

use command::{Beside, EVERYTHING, Outcome, cargo, step};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  setup   prepare target/test-env: Python and npm packages of real MCP clients and of LangChain's SDKs,
          Node 22, Chromium, SAM
  test    setup, the template, then every test of the workspace, two programs at a time (or `cargo test --workspace`
          with further arguments)
  infra   validate and lint the template; with --build, build its functions (further arguments go to `sam build`)
  emulator
          only the tests that deploy the stack into MiniStack (further arguments go to `cargo test`)
  faults  every call of every function to AWS fails in every way (further arguments go to the test program)
  deployments
          the tests of /mcp against each kind of LangSmith: only one of its two APIs for runs, what is known of the hosted
          service, a data plane; says which tests need what a kind lacks, and ran against the lenient one
          (further arguments go to `cargo test`)
  fuzz    libFuzzer looks for bytes that break a parser of unauthenticated bytes, ten minutes each: --seconds N for
          another time, then the names of targets
  mutants changes functions one at a time in OAuth, the store, authentication and paging (or in the part named), and
          lists those that no test noticed; hours for all of it
  coverage
          the lines of each crate's code that its tests and those of the whole system run, as a table and in
          target/coverage; needs rustup's component llvm-tools, or LLVM_COV and LLVM_PROFDATA
  pictures
          takes the pictures of the docs anew, with Chromium
  lint    formatting, clippy, documentation, dependency policy, known faults where their database can be fetched
  advisories
          known faults of the crates that are linked in; fails where their database cannot be fetched
  pins    the hashes of every Python package, after a version in a list has changed
  ci      lint, then test
  lambda  the functions' programs into target/lambda: --dev for tests, --arm64 for Graviton; --test: released ones,
          and the tests that start them (further arguments go to `cargo test`)
  schemes write the table of URI schemes that no client may register from its lists; with the path of IANA's CSV file,
          renew the list of its names first
  doctor  examine a deployment or a local server by its URL; --help tells more
  smoke   every tool against a live LangSmith, with the key in the variable of the environment that --key-env names; makes
          things there and deletes them; --help tells more
  bench   release builds, then ratios against peers into docs/benchmarks.md; `bench lambda`: those of the functions on
          AWS (further arguments go to the program)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let outcome = match arguments.first().map(String::as_str) {
        Some("setup") => setup::run(),
        Some("test") => test(rest),
        Some("infra") => infra::run_all(rest),
        Some("emulator") => emulator::test(rest),
        Some("faults") => faults(rest),
        Some("deployments") => deployments::test(rest),
        Some("fuzz") => fuzz::run_all(rest),
        Some("mutants") => mutants::run_all(rest),
        Some("coverage") => coverage::run_all(rest),
        Some("pictures") => pictures(),
        Some("lint") => lint::run_all(),
        Some("advisories") => lint::cargo_deny().and_then(|deny| advisories::check(&deny)),
        Some("pins") => pins::write(),
        Some("ci") => lint::run_all().and_then(|()| test(rest)),
        Some("lambda") => lambda::build(rest),
        Some("schemes") => schemes::run(rest),
        Some("doctor") => return doctor::run(rest),
        Some("smoke") => return smoke::run(rest),
        Some("bench") => match rest {
            [part, rest @ ..] if part == "lambda" => bench::run_lambda(rest),
            _ => bench::run_all(rest),
        },
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("no such command\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn test(arguments: &[String]) -> Outcome {
    // One mostly waits for the network, the other computes.
    let build = Beside::start(cargo().arg("build").args(EVERYTHING))?;
    setup::run()?;
    setup::emulator::prepare()?;
    infra::check()?;
    build.finish()?;
    let all = ["--workspace", "--features", "emulated/emulator", "--locked"];
    if !arguments.is_empty() {
        let mut tests = cargo();
        tests.args(["test", "--no-fail-fast"]).args(all).args(arguments);
        step("tests");
        return command::run(lambda::started_by(&mut tests)?);
    }
    let programs = programs::run_all(&all, lambda::for_tests()?);
    let examples = command::run(cargo().args(["test", "--doc"]).args(all));
    programs.and(examples)
}

fn pictures() -> Outcome {
    setup::run()?;
    let mut tests = cargo();
    tests.args([
        "test",
        "--workspace",
        "--features",
        "emulated/emulator",
        "--test",
        "browser",
        "the_pictures",
    ]);
    command::run(tests.env("TAKE_PICTURES", "yes"))
}

fn faults(arguments: &[String]) -> Outcome {
    setup::run()?;
    let mut tests = cargo();
    tests.args(["test", "-p", "front-door", "--features", "every-fault", "--test", "every_call", "--"]);
    let tests = lambda::started_by(tests.args(arguments))?;
    step("faults");
    command::run(tests)
}
