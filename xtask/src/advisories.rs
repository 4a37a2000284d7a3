//! Known vulnerabilities of the dependencies: the `RustSec` database, and the exceptions of `deny.toml`.
//!
//! The database is a repository on GitHub and in no package registry, so a machine that reaches registries alone cannot
//! check. It says so.

use crate::command::{Outcome, output, run, step};
use crate::paths;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Checks, and fails if the database is unreachable.
pub(crate) fn check(deny: &Path) -> Outcome {
    exceptions_end()?;
    step("known faults");
    run(cargo_deny(deny).args(["fetch", "db"])).map_err(|error| {
        format!("nothing was checked, because RustSec's database cannot be fetched: {error}")
    })?;
    run(cargo_deny(deny).args(["check", "--disable-fetch", "--hide-inclusion-graph", "advisories"]))
}

/// Checks if the database is reachable. Otherwise the last line says that nothing was checked; expired exceptions fail
/// in any case.
pub(crate) fn check_if_reachable(deny: &Path) -> Outcome {
    exceptions_end()?;
    step("known faults");
    if run(cargo_deny(deny).args(["fetch", "db"])).is_err() {
        println!(
            "    NOT CHECKED: RustSec's database cannot be fetched here. Where it can, run `cargo xtask advisories`."
        );
        return Ok(());
    }
    run(cargo_deny(deny).args(["check", "--disable-fetch", "--hide-inclusion-graph", "advisories"]))
}

fn cargo_deny(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(paths::root());
    command
}

fn exceptions_end() -> Outcome {
    step("exceptions from known faults");
    let policy =
        fs::read_to_string(paths::root().join("deny.toml")).map_err(|error| format!("deny.toml: {error}"))?;
    let today = output(Command::new("date").args(["-u", "+%F"]))?;
    unended(&policy, &today)
}

/// Requires an end date and a reason for every exception, and that none has expired.
fn unended(policy: &str, today: &str) -> Outcome {
    let section = policy.split("\n[advisories]\n").nth(1).ok_or("deny.toml has no [advisories]")?;
    let section = section.split("\n[").next().unwrap_or(section);
    let list = section.split_once("ignore = [").map_or("", |(_, list)| list);
    let list = list.split("\n]").next().filter(|list| !list.starts_with(']')).unwrap_or_default();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let ending = line.split_once("reason = \"until ").and_then(|(_, rest)| rest.split_once(": "));
        match ending {
            Some((date, why)) if is_date(date) && why.len() > 10 => {
                if date < today {
                    return Err(format!("deny.toml: this exception has ended: {line}"));
                }
            }
            _ => return Err(format!("deny.toml: write `reason = \"until YYYY-MM-DD: why\"` in {line}")),
        }
    }
    Ok(())
}

fn is_date(text: &str) -> bool {
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<_> = text.split('-').collect();
    matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(line: &str) -> Outcome {
        unended(&format!("[graph]\n\n[advisories]\nignore = [\n  {line}\n]\n\n[bans]\n"), "2026-11-29")
    }

    #[test]
    fn an_exception_has_a_reason_and_an_end() {
        let why = "only in tests, which read no input of others";
        for good in [
            format!("{{ id = \"RUSTSEC-2026-0001\", reason = \"until 2026-12-31: {why}\" }},"),
            format!("{{ id = \"RUSTSEC-2026-0001\", reason = \"until 2026-11-29: {why}\" }},"),
            "# { id = \"RUSTSEC-2026-0001\" } is gone".to_owned(),
            String::new(),
        ] {
            assert_eq!(outcome(&good), Ok(()), "{good}");
        }
        for bad in [
            "\"RUSTSEC-2026-0001\",".to_owned(),
            "\"yanked@0.1\",".to_owned(),
            "{ crate = \"yanked@0.1\" },".to_owned(),
            "{ id = \"RUSTSEC-2026-0001\" },".to_owned(),
            format!("{{ id = \"RUSTSEC-2026-0001\", reason = \"{why}\" }},"),
            format!("{{ id = \"RUSTSEC-2026-0001\", reason = \"until next year: {why}\" }},"),
            "{ id = \"RUSTSEC-2026-0001\", reason = \"until 2026-12-31: why\" },".to_owned(),
            format!("{{ id = \"RUSTSEC-2026-0001\", reason = \"until 2026-11-28: {why}\" }},"),
        ] {
            assert!(outcome(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_list_on_one_line_is_not_looked_away_from() {
        let policy = |list| format!("[graph]\n\n[advisories]\nignore = {list}\n\n[bans]\nskip = [\n]\n");
        assert_eq!(unended(&policy("[]"), "2026-11-29"), Ok(()));
        assert!(unended(&policy("[\"RUSTSEC-2026-0001\"]"), "2026-11-29").is_err());
    }

    #[test]
    fn the_exceptions_of_this_repository_are_in_order() {
        let policy = include_str!("../../deny.toml");
        assert_eq!(unended(policy, "0000-00-00"), Ok(()));
    }
}
