//! The report of a smoke test for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::clean_up::CleanUp;
use crate::compare::Difference;
use crate::pass::Pass;
use crate::script::{Call, Fact, Outcome, Weight};

/// The outcome of a smoke test.
pub struct Report {
    pub(crate) endpoint: String,
    pub(crate) calls: Vec<Call>,
    pub(crate) facts: Vec<(Fact, Option<String>)>,
    /// Every difference between LangSmith and the double.
    pub differences: Vec<Difference>,
    /// `None` if the created objects are kept.
    pub clean_up: Option<CleanUp>,
    /// Whether it was interrupted.
    pub is_interrupted: bool,
    /// The number of requests to LangSmith, clean-up included.
    pub requests: usize,
    /// The folder of the recordings.
    pub folder: PathBuf,
    pub(crate) names: String,
}

impl Report {
    /// The failed tool calls, each with its step and the reason, in words that may contain LangSmith's.
    pub fn failures(&self) -> Vec<String> {
        self.calls.iter().filter(|call| !call.is_good()).map(|call| line(call, true)).collect()
    }

    /// The number of tool calls.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// The facts in which LangSmith differs from the double and on which the server under test depends.
    pub fn surprises(&self) -> Vec<&str> {
        let differs = |(fact, double): &&(Fact, Option<String>)| {
            fact.weight == Weight::Counts && double.as_ref().is_some_and(|double| *double != fact.seen)
        };
        self.facts.iter().filter(differs).map(|(fact, _)| fact.about).collect()
    }

    /// 0 if every call worked, no difference counts, and nothing is left behind; 1 otherwise.
    pub fn exit_code(&self) -> u8 {
        let is_left = self.clean_up.as_ref().is_some_and(|clean_up| !clean_up.left.is_empty());
        let differs = self.differences.iter().any(|difference| difference.counts);
        let is_good = self.failures().is_empty() && !differs && self.surprises().is_empty();
        u8::from(!is_good || is_left || self.is_interrupted)
    }

    /// The text of the report. With `words`, it includes LangSmith's words about failed calls: for the terminal, not
    /// for a file.
    pub fn text(&self, words: bool) -> String {
        let mut text = format!("LangSmith at {}, beside the double\n\ncalls\n", self.endpoint);
        for call in &self.calls {
            let _infallible = writeln!(text, "  {}", line(call, words));
        }
        text.push_str("\nfacts (double | LangSmith)\n");
        for (fact, double) in &self.facts {
            let mark = match (double.as_ref() == Some(&fact.seen), fact.weight) {
                (true, _) => "same   ",
                (false, Weight::Counts) => "DIFFERS",
                (false, Weight::Varies) => "other  ",
            };
            let double = double.as_deref().unwrap_or("not seen");
            let _infallible = writeln!(text, "  {mark} {}: {double} | {}", fact.about, fact.seen);
        }
        self.write_differences(&mut text);
        self.write_end(&mut text);
        text
    }

    fn write_differences(&self, text: &mut String) {
        for (title, counts) in [("differences in what the server reads", true), ("other differences", false)]
        {
            let listed: Vec<&Difference> =
                self.differences.iter().filter(|difference| difference.counts == counts).collect();
            let _infallible = writeln!(text, "\n{title}: {}", listed.len());
            let mut told = BTreeSet::new();
            for difference in listed {
                if told.insert((difference.step, &difference.request)) {
                    let _infallible = writeln!(text, "  {} ({})", difference.request, difference.step);
                }
                let Difference { place, double, langsmith, .. } = difference;
                let _infallible = writeln!(text, "    {place}: the double {double}, LangSmith {langsmith}");
            }
        }
    }

    fn write_end(&self, text: &mut String) {
        match &self.clean_up {
            None => {
                let _infallible = writeln!(text, "\nkept: everything that is called {}…", self.names);
            }
            Some(CleanUp { deleted, left }) => {
                let _infallible = writeln!(text, "\ndeleted: {}", deleted.join(", "));
                for left in left {
                    let _infallible = writeln!(text, "LEFT BEHIND, delete it by hand: {left}");
                }
            }
        }
        if self.is_interrupted {
            text.push_str("interrupted\n");
        }
        let good = self.calls.iter().filter(|call| call.is_good()).count();
        let _infallible = writeln!(
            text,
            "{} calls, {good} as expected; {} requests to LangSmith; recordings in {}",
            self.calls.len(),
            self.requests,
            self.folder.display()
        );
    }
}

/// The facts, each with the double's counterpart.
pub(crate) fn facts(double: &Pass, langsmith: &Pass) -> Vec<(Fact, Option<String>)> {
    let shown = |fact: &Fact| {
        let found = double.done.facts.iter().find(|other| other.about == fact.about);
        found.map(|found| found.seen.clone())
    };
    langsmith.done.facts.iter().map(|fact| (fact.clone(), shown(fact))).collect()
}

fn line(call: &Call, words: bool) -> String {
    let Call { step, tool, outcome, .. } = call;
    match outcome {
        Outcome::Worked => format!("ok       {tool}: {step}"),
        Outcome::Refused(kind) => format!("ok       {tool}: {step}: refused, {kind}"),
        Outcome::Failed(why) if words => format!("FAILED   {tool}: {step}: {why}"),
        Outcome::Failed(_) => format!("FAILED   {tool}: {step}"),
        Outcome::NotDone => format!("NOT DONE {tool}: {step}: an earlier step did not get what it needs"),
    }
}
