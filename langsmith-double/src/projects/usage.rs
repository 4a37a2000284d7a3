//! Tokens and costs of a model's run. Documentation: "Log LLM calls" and "Cost tracking" take them from
//! `usage_metadata` of the outputs or of the metadata, whose members are `input_tokens`, `output_tokens`, `input_cost`
//! and `output_cost`. Assumed: the outputs win.

use serde_json::{Value, json};

use crate::data::Run;
use crate::data::moment::dollars;

/// The usage that a run reports.
#[derive(Debug, Default)]
pub(super) struct Usage {
    tokens: Option<[u64; 2]>,
    cost_nanos: Option<[u64; 2]>,
}

impl Usage {
    /// Reads the usage of a run; only model runs have any.
    pub(super) fn of(run: &Run) -> Self {
        if run.facts.run_type != "llm" {
            return Self::default();
        }
        let outputs: Value = serde_json::from_str(run.column("outputs")).unwrap_or_default();
        let found = outputs.get("usage_metadata").or_else(|| run.facts.metadata.get("usage_metadata"));
        let number = |name: &str| found?.get(name)?.as_u64();
        let cost = |name: &str| nanos(found?.get(name)?.as_f64()?);
        Self {
            tokens: both(number("input_tokens"), number("output_tokens")),
            cost_nanos: both(cost("input_cost"), cost("output_cost")),
        }
    }

    /// Writes the usage to the fields of answers and statistics.
    pub(super) fn put(&self, run: &mut Run) {
        if let Some([prompt, completion]) = self.tokens {
            (run.facts.prompt_tokens, run.facts.completion_tokens) = (prompt, completion);
            for (column, tokens) in [
                ("prompt_tokens", prompt),
                ("completion_tokens", completion),
                ("total_tokens", prompt + completion),
            ] {
                run.set(column, &tokens.to_string());
            }
        }
        if let Some([prompt, completion]) = self.cost_nanos {
            (run.facts.prompt_cost_nanos, run.facts.completion_cost_nanos) = (prompt, completion);
            for (column, nanos) in [
                ("prompt_cost", prompt),
                ("completion_cost", completion),
                ("total_cost", prompt + completion),
            ] {
                run.set(column, &json!(dollars(nanos)).to_string());
            }
        }
    }
}

fn both(left: Option<u64>, right: Option<u64>) -> Option<[u64; 2]> {
    (left.is_some() || right.is_some()).then(|| [left.unwrap_or(0), right.unwrap_or(0)])
}

/// A cost in billionths of a dollar.
fn nanos(dollars: f64) -> Option<u64> {
    format!("{:.0}", dollars * 1e9).parse().ok()
}
