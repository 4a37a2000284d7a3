//! The output of the programs: every line, with its function.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::task::JoinHandle;

/// All lines so far.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<(String, String)>>>);

impl Log {
    /// Copies a program's output from now on.
    pub(crate) fn copy(
        &self,
        function: &str,
        output: impl AsyncRead + Send + Unpin + 'static,
    ) -> JoinHandle<()> {
        let (log, function) = (self.clone(), function.to_owned());
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                log.0.lock().unwrap().push((function.clone(), line));
            }
        })
    }

    /// The lines of a function.
    pub fn of(&self, function: &str) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|(name, _)| name == function).map(|(_, line)| line.clone()).collect()
    }

    /// Every line of every function.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(_, line)| line.clone()).collect()
    }
}
