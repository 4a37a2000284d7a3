//! The machine and the versions, without which no number is meaningful. No host names.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::plan::Plan;

/// The parts that measure the MCP peer.
const WITH_MCP_PEER: [&str; 3] = ["mcp", "cloud", "paging"];
/// The parts that measure the OAuth peers.
const WITH_OAUTH_PEERS: [&str; 2] = ["refresh", "exchange"];

/// The lines of the list at the top of the page.
pub(crate) fn describe(plan: &Plan) -> Outcome<Vec<String>> {
    let mut lines = hardware()?;
    lines.push(format!("file system of the durable part: {}", file_system(&plan.scratch)?));
    lines.push(format!("this server: {}", said(&plan.server, &["--version"], Path::new(""))?));
    lines.extend(peers(plan)?);
    Ok(lines)
}

/// The peers that the selected parts use: the others need not be installed.
fn peers(plan: &Plan) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    if plan.wants_any(&WITH_MCP_PEER) {
        let packages = ["langsmith-mcp-server", "fastmcp", "uvicorn", "uvloop"];
        lines.push(format!("MCP peer: {}", python_versions(&plan.python, &packages)?));
    }
    if plan.wants_any(&WITH_OAUTH_PEERS) {
        let fastmcp = python_versions(&plan.python, &["fastmcp", "uvicorn", "uvloop"])?;
        lines.push(format!("OAuth peers: {}; {fastmcp}", node_versions(plan)?));
    }
    Ok(lines)
}

/// The machine and its load.
pub(crate) fn hardware() -> Outcome<Vec<String>> {
    let cores = std::thread::available_parallelism()?;
    let processor = field("/proc/cpuinfo", "model name")?;
    let memory = field("/proc/meminfo", "MemTotal")?;
    let gib = memory.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(f64::NAN)
        / 1_048_576.0;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(vec![
        format!("{cores} cores of {processor}, {gib:.0} GiB of memory, Linux {}", kernel.trim()),
        format!("load average when the run began: {}", load.split(' ').next().unwrap_or_default()),
    ])
}

fn file_system(folder: &Path) -> Outcome<String> {
    fs::create_dir_all(folder)?;
    let table = said("df", &["--output=fstype"], folder)?;
    Ok(table.lines().last().unwrap_or("unknown").to_owned())
}

fn field(file: &str, name: &str) -> Outcome<String> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned());
    Ok(value.unwrap_or_else(|| "unknown".to_owned()))
}

/// The versions of packages and of the Python that runs them.
pub(crate) fn python_versions(python: &Path, packages: &[&str]) -> Outcome<String> {
    const SCRIPT: &str = "import platform, sys; from importlib.metadata import version; print(', '.join( \
        [f'{name} {version(name)}' for name in sys.argv[1:]] + [f'Python {platform.python_version()}']))";
    said(python, &[&["-c", SCRIPT], packages].concat(), Path::new(""))
}

fn node_versions(plan: &Plan) -> Outcome<String> {
    let packages = plan.provider.ancestors().find_map(|folder| {
        let file = folder.join("node_modules/oidc-provider/package.json");
        fs::read_to_string(file).ok()
    });
    let package: serde_json::Value =
        serde_json::from_str(&packages.ok_or("oidc-provider is not installed")?)?;
    let version = package.get("version").and_then(serde_json::Value::as_str).unwrap_or("?");
    Ok(format!("oidc-provider {version}, Node {}", said(&plan.node, &["--version"], Path::new(""))?))
}

/// The output of a program; `path` is its last argument unless it is empty.
pub(crate) fn said(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str], path: &Path) -> Outcome<String> {
    let mut command = Command::new(program);
    command.args(arguments);
    if !path.as_os_str().is_empty() {
        command.arg(path);
    }
    let output = command.output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        plan: Plan,
    }

    /// A plan on a machine without any peer.
    fn plan(only: &[&str]) -> Plan {
        let programs =
            ["server", "double", "python", "node", "provider", "fastmcp-provider", "page", "scratch"];
        let programs = programs.map(|name| format!("--{name}=/nowhere/{name}"));
        let only = only.iter().map(|part| format!("--only={part}"));
        Arguments::parse_from(["bench".to_owned()].into_iter().chain(programs).chain(only)).plan
    }

    #[test]
    fn only_the_peers_of_the_chosen_parts_are_asked_for() {
        for part in ["heavy", "floor", "shares", "refused", "durable"] {
            assert_eq!(peers(&plan(&[part])).unwrap(), [] as [String; 0], "{part}");
        }
        for part in ["mcp", "cloud", "paging", "refresh", "exchange"] {
            assert!(peers(&plan(&["floor", part])).is_err(), "{part}");
        }
        assert!(peers(&plan(&[])).is_err(), "all parts");
    }
}
