//! Fixed tools: compiled in, the same for every caller, and described once.

use std::sync::Arc;

use super::{Descriptor, Tool};

/// The fixed tools, in the order of the listing.
#[derive(Clone, Default)]
pub struct FixedTools(Vec<Entry>);

#[derive(Clone)]
struct Entry {
    descriptor: Arc<Descriptor>,
    tool: Arc<dyn Tool>,
}

impl FixedTools {
    /// The same tools and one more.
    #[must_use]
    pub fn with(mut self, tool: impl Tool) -> Self {
        self.0.push(Entry { descriptor: Arc::new(tool.descriptor()), tool: Arc::new(tool) });
        self
    }

    /// The entries of `tools/list`.
    pub fn descriptors(&self) -> Vec<&Descriptor> {
        self.0.iter().map(|entry| entry.descriptor.as_ref()).collect()
    }

    /// The tool of this name.
    pub fn find(&self, name: &str) -> Option<&dyn Tool> {
        self.0.iter().find(|entry| entry.descriptor.name == name).map(|entry| entry.tool.as_ref())
    }
}
