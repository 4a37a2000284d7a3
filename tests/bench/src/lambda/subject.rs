//! A program that Lambda can start, with its request.

use std::process::Command;
use std::time::Duration;

use front_door::{Instance, Log, Program};

use super::question::Question;
use crate::{Outcome, clock};

/// Longer than any answer takes.
const LIMIT: Duration = Duration::from_secs(30);

/// The kind of a program, which decides its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The baseline of the others.
    Hello,
    /// A function without the AWS SDK.
    Lean,
    /// A function with clients of the AWS SDK.
    Sdk,
    /// The Python equivalent.
    Peer,
}

/// A program with its kind and its request.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) program: Program,
    pub(crate) question: Question,
}

impl Subject {
    /// Its name in the tables.
    pub(crate) fn name(&self) -> &str {
        &self.program.function
    }

    /// A new process that waits for its first event.
    pub(crate) async fn start(&self) -> Outcome<Instance> {
        let log = Log::default();
        let started = Instance::start(&self.program, &log).await;
        started.map_err(|failure| format!("{}: {failure:?}\n{}", self.name(), log.all().join("\n")).into())
    }

    /// The duration of an event, from sending it to the complete answer.
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

/// Ends a process, and waits until it has exited and left the processor to the next one.
pub(crate) async fn end(instance: Instance) -> Outcome {
    let told = Command::new("kill").args(["-TERM", &instance.process().to_string()]).status()?;
    if !told.success() {
        return Err("a process could not be told to end".into());
    }
    instance.ended().await;
    Ok(())
}
