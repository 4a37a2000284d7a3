//! A program that Lambda can start, with what it is asked.

use std::process::Command;
use std::time::Duration;

use front_door::{Instance, Log, Program};

use super::question::Question;
use crate::{Outcome, clock};

/// Longer than any answer takes.
const LIMIT: Duration = Duration::from_secs(30);

/// What a program is, and so what is expected of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What the others are compared with.
    Hello,
    /// A function without the AWS SDK.
    Lean,
    /// A function with clients of the AWS SDK.
    Sdk,
    /// The same in Python.
    Peer,
}

/// A program.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) program: Program,
    pub(crate) question: Question,
}

impl Subject {
    /// What the tables call it.
    pub(crate) fn name(&self) -> &str {
        &self.program.function
    }

    /// A new process that waits for its first event.
    pub(crate) async fn start(&self) -> Outcome<Instance> {
        let log = Log::default();
        let started = Instance::start(&self.program, &log).await;
        started.map_err(|failure| format!("{}: {failure:?}\n{}", self.name(), log.all().join("\n")).into())
    }

    /// How long an event takes, from its sending to the whole answer.
    pub(crate) async fn ask(&mut self, instance: &mut Instance) -> Outcome<Duration> {
        let event = self.question.event();
        let began = clock::now();
        let answer = instance.invoke(event, LIMIT).await;
        let took = began.elapsed();
        let answer = answer.map_err(|failure| format!("{}: {failure:?}", self.name()))?;
        let right = self.question.check(&serde_json::from_slice(&answer)?);
        right.map_err(|error| format!("{} {error}", self.name()))?;
        Ok(took)
    }
}

/// Ends a process, and waits until it has left the processor to the next one.
pub(crate) async fn end(instance: Instance) -> Outcome {
    let told = Command::new("kill").args(["-TERM", &instance.process().to_string()]).status()?;
    if !told.success() {
        return Err("a process could not be told to end".into());
    }
    instance.ended().await;
    Ok(())
}
