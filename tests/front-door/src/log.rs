//! The output of the programs: every line, with its function.
//!
//! A program writes into a file, not a pipe: what it wrote before it answered can be read as soon as the
//! answer is there, however busy the machine is.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

/// All lines so far, one program after the other in the order of their starts.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<Output>>>);

#[derive(Debug)]
struct Output {
    function: String,
    file: File,
}

impl Log {
    /// The standard output and the standard error of a new program of a function. Both share one offset.
    pub(crate) fn of_new(&self, function: &str) -> (Stdio, Stdio) {
        let file = tempfile::tempfile().unwrap();
        let both = (file.try_clone().unwrap().into(), file.try_clone().unwrap().into());
        self.0.lock().unwrap().push(Output { function: function.to_owned(), file });
        both
    }

    /// The lines of a function.
    pub fn of(&self, function: &str) -> Vec<String> {
        self.lines(|name| name == function)
    }

    /// Every line of every function.
    pub fn all(&self) -> Vec<String> {
        self.lines(|_| true)
    }

    fn lines(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let outputs = self.0.lock().unwrap();
        outputs.iter().filter(|output| wanted(&output.function)).flat_map(Output::lines).collect()
    }
}

impl Output {
    /// The whole lines: what follows the last line break is still being written.
    fn lines(&self) -> Vec<String> {
        let mut bytes = vec![0; usize::try_from(self.file.metadata().unwrap().len()).unwrap()];
        self.file.read_exact_at(&mut bytes, 0).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(str::to_owned).collect()
    }
}
