//! A function: one instance for each concurrent event, each with one event at a time.

use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use serde_json::Value;

use crate::instance::{Instance, Program, StartFailure};
use crate::log::Log;

/// The reason why an event has no answer.
#[derive(Debug)]
pub enum Failure {
    /// The program reported an error: `errorType` and `errorMessage`.
    Error(Value),
    /// The program exited, at its start or during the event.
    Ended,
    /// It exceeded the function's timeout.
    TimedOut,
}

/// A function and its idle instances.
#[derive(Debug)]
pub struct Function {
    program: Program,
    limit: Duration,
    idle: Mutex<Vec<Instance>>,
    log: Log,
}

impl Function {
    pub(crate) fn new(program: Program, limit: Duration, log: Log) -> Self {
        Self { program, limit, idle: Mutex::default(), log }
    }

    /// The program that it starts.
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// Invokes the function.
    pub async fn invoke(&self, event: &Value) -> Result<Value, Failure> {
        let idle = self.idle.lock().unwrap().pop();
        let mut instance = match idle {
            Some(instance) => instance,
            None => self.start().await.map_err(|failure| {
                eprintln!("{}: {failure:?}", self.program.function);
                Failure::Ended
            })?,
        };
        let answer = instance.invoke(Bytes::from(event.to_string()), self.limit).await;
        // Lambda keeps an instance whose function reported an error, but no other failed one.
        if !matches!(answer, Err(Failure::Ended | Failure::TimedOut)) {
            self.idle.lock().unwrap().push(instance);
        }
        Ok(serde_json::from_slice(&answer?).expect("a function answers in JSON"))
    }

    /// Starts a further instance.
    pub async fn start(&self) -> Result<Instance, StartFailure> {
        Instance::start(&self.program, &self.log).await
    }

    /// Ends the idle instances, as Lambda does with unused ones.
    pub fn retire(&self) {
        self.idle.lock().unwrap().clear();
    }

    /// The number of idle instances.
    pub fn idle(&self) -> usize {
        self.idle.lock().unwrap().len()
    }
}
