//! A function: as many instances as there are events at once, each with one event at a time.

use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use serde_json::Value;

use crate::instance::{Instance, Program, StartFailure};
use crate::log::Log;

/// Why an event has no answer.
#[derive(Debug)]
pub enum Failure {
    /// The program said so: `errorType` and `errorMessage`.
    Error(Value),
    /// The program ended, at its start or in between.
    Ended,
    /// It took longer than the function may.
    TimedOut,
}

/// A function.
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

    /// What it starts.
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// Invokes it.
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
        // Lambda keeps an instance whose function failed in an orderly way, and no other.
        if !matches!(answer, Err(Failure::Ended | Failure::TimedOut)) {
            self.idle.lock().unwrap().push(instance);
        }
        Ok(serde_json::from_slice(&answer?).expect("a function answers in JSON"))
    }

    /// A further instance.
    pub async fn start(&self) -> Result<Instance, StartFailure> {
        Instance::start(&self.program, &self.log).await
    }

    /// Takes away the instances that wait, as Lambda does with those that nobody needs.
    pub fn retire(&self) {
        self.idle.lock().unwrap().clear();
    }

    /// How many instances wait for an event.
    pub fn idle(&self) -> usize {
        self.idle.lock().unwrap().len()
    }
}
