//! The command line: which programs to measure, for how long, and where the result goes.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// Measures the release build of this server against its peers.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// This server's binary.
    #[arg(long)]
    pub(crate) server: PathBuf,
    /// The binary of the LangSmith double.
    #[arg(long)]
    pub(crate) double: PathBuf,
    /// Python with the peer's packages.
    #[arg(long)]
    pub(crate) python: PathBuf,
    /// Node.
    #[arg(long)]
    pub(crate) node: PathBuf,
    /// The script that runs `oidc-provider`, beside its packages.
    #[arg(long)]
    pub(crate) provider: PathBuf,
    /// The script that runs FastMCP's OAuth provider.
    #[arg(long)]
    pub(crate) fastmcp_provider: PathBuf,
    /// The page to write the tables to, between its markers.
    #[arg(long)]
    pub(crate) page: PathBuf,
    /// Where databases are kept while it runs; the file system that durability is measured on.
    #[arg(long)]
    pub(crate) scratch: PathBuf,
    /// Rounds that count; one more comes first to warm up.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// How long one load lasts, in milliseconds.
    #[arg(long, default_value_t = 1200)]
    pub(crate) span_millis: u64,
    /// Measure only this part, repeatable, and print the tables instead of writing them: mcp, cloud, paging,
    /// heavy, floor, refresh, shares, exchange, refused, durable, agents,
    /// registry.
    #[arg(long)]
    pub(crate) only: Vec<String>,
}

impl Plan {
    /// Whether a part is selected.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    /// Whether any of these parts is selected.
    pub(crate) fn wants_any(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.wants(part))
    }

    /// The duration of one load.
    pub(crate) fn span(&self) -> Duration {
        Duration::from_millis(self.span_millis)
    }

    /// The rounds: the first one is a warm-up and does not count.
    pub(crate) fn rounds(&self) -> impl Iterator<Item = Round> {
        rounds(self.rounds)
    }
}

/// `count` counted rounds, after one warm-up round.
pub(crate) fn rounds(count: u32) -> impl Iterator<Item = Round> {
    (0..=count).map(|number| Round { number })
}

/// One pass over all sides of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    number: u32,
}

impl Round {
    /// Whether its measurements count.
    pub(crate) const fn counts(self) -> bool {
        self.number > 0
    }

    /// The order alternates from round to round, so that neither side always inherits the other's heat.
    pub(crate) fn order<T>(self, mut sides: Vec<T>) -> Vec<T> {
        if self.number % 2 == 1 {
            sides.reverse();
        }
        sides
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.counts() { write!(f, "round {}", self.number) } else { f.write_str("warm-up") }
    }
}
