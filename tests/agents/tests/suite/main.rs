//! Agents as tools, on a real Agent Server: one server for the tests of each file, because starting one takes seconds.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

mod alone;
mod answers;
mod calls;
mod client;
mod clients;
mod dcode;
mod delegation;
mod discovery;
mod forms;
mod lambda;
mod langchain;
mod own;
mod pages;
mod people;
mod requests;
mod rmcp;
mod runs;
mod support;
mod tasks;
mod tools;
