//! The lists of Python packages. Each has the hashes of its files, so that nothing else can be installed under their
//! names and versions.

use crate::command::{Outcome, run, step};
use crate::paths;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const UV: &str = "0.13.9";

/// All lists of the repository.
const LISTS: [&str; 13] = [
    "infra/requirements-cargo-lambda.txt",
    "infra/requirements-sam.txt",
    "tests/agents/server/requirements.txt",
    "tests/bench/python/requirements-lambda.txt",
    "tests/bench/python/requirements-peer.txt",
    "tests/clients/python/requirements-dcode.txt",
    "tests/clients/python/requirements-deepagents.txt",
    "tests/clients/python/requirements-langchain.txt",
    "tests/clients/python/requirements-langsmith.txt",
    "tests/clients/python/requirements-mcp1.txt",
    "tests/clients/python/requirements-mcp2.txt",
    "tests/clients/python/requirements-schemathesis.txt",
    "tests/emulated/python/requirements.txt",
];

/// Updates the hashes of every list. Run it after changing a version in a list.
pub(crate) fn write() -> Outcome {
    step("hashes of Python packages");
    let uv = uv()?;
    let bare = paths::tools().join("requirements.txt");
    for list in LISTS {
        let file = paths::root().join(list);
        let text = fs::read_to_string(&file).map_err(|error| format!("{list}: {error}"))?;
        fs::write(&bare, without_hashes(&text)).map_err(|error| format!("{}: {error}", bare.display()))?;
        // The lists are complete; only their hashes are looked up, for all platforms.
        run(Command::new(&uv)
            .args(["pip", "compile", "--quiet", "--no-deps", "--universal", "--python-version", "3.11"])
            .args(["--generate-hashes", "--no-header", "--no-annotate"])
            .arg(&bare)
            .arg("--output-file")
            .arg(&file))?;
    }
    Ok(())
}

fn uv() -> Outcome<PathBuf> {
    let folder = paths::tools().join(format!("uv-{UV}"));
    let uv = folder.join("bin/uv");
    if !uv.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", &format!("uv=={UV}")]))?;
    }
    Ok(uv)
}

/// One requirement per line.
fn without_hashes(text: &str) -> String {
    let names = text.lines().filter(|line| !line.trim_start().starts_with("--hash="));
    names.flat_map(|line| [line.trim_end_matches(['\\', ' ']), "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
                files(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }

    fn files_named(matches: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let mut found = Vec::new();
        files(paths::root(), &mut found);
        found.retain(|path| matches(path.file_name().unwrap().to_str().unwrap()));
        found.sort();
        found
    }

    #[test]
    fn every_python_package_has_one_version_and_its_hashes() {
        let list =
            |name: &str| name.strip_suffix(".txt").is_some_and(|name| name.starts_with("requirements"));
        let lists = files_named(list);
        assert_eq!(lists, LISTS.map(|list| paths::root().join(list)));
        for list in lists {
            let text = fs::read_to_string(&list).unwrap().replace("\\\n", " ");
            for line in text.lines() {
                let mut words = line.split_whitespace();
                let (name, version) = words.next().unwrap().split_once("==").unwrap();
                assert!(!name.is_empty() && !version.is_empty(), "{}: {line}", list.display());
                let hashes: Vec<_> = words.collect();
                assert!(!hashes.is_empty(), "{}: {line}: run cargo xtask pins", list.display());
                for hash in hashes {
                    let digits = hash.strip_prefix("--hash=sha256:").unwrap();
                    assert!(
                        digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
                        "{hash}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_readme_names_the_sdks_that_are_pinned() {
        let text = |path: &str| fs::read_to_string(paths::root().join(path)).unwrap();
        let between = |text: &str, start: &str, end: &str| {
            let line = text.lines().find_map(|line| line.trim_start().strip_prefix(start)?.split_once(end));
            line.unwrap().0.to_owned()
        };
        let python = between(&text("tests/clients/python/requirements-langsmith.txt"), "langsmith==", " ");
        let npm = between(&text("tests/clients/package.json"), "\"langsmith\": \"", "\"");
        let told = format!("LangChain's own SDKs for Python ({python}) and TypeScript ({npm}) ");
        let readme = text("README.md").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(readme.contains(&told), "README.md lacks: {told}");
    }

    #[test]
    fn a_list_without_hashes_is_one_requirement_a_line() {
        let list = "a==1 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\nb==2 \\\n    --hash=sha256:2\n";
        assert_eq!(without_hashes(list), "a==1\nb==2\n");
    }

    /// npm verifies every package that has a hash.
    #[test]
    fn every_npm_package_has_a_hash() {
        let locks = files_named(|name| name == "package-lock.json");
        assert!(!locks.is_empty());
        for lock in locks {
            let text = fs::read_to_string(&lock).unwrap();
            let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
            let (packages, hashes) = (lines("    \"node_modules/"), lines("      \"integrity\": \"sha512-"));
            assert!(packages > 0 && packages == hashes, "{}: {packages}, {hashes}", lock.display());
        }
    }
}
