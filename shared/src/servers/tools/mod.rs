//! The tools of registered servers: fetched once for everybody who may see them, kept, and served.

mod list;

pub use list::{ListSource, ListedTool, ToolList, Unpackable};
