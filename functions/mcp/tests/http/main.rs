//! Black-box tests of `/mcp`: HTTP in, HTTP out, with the LangSmith double upstream. Only the authentication of callers
//! is faked.

#[cfg(test)]
mod agents;
#[cfg(test)]
mod common;
#[cfg(test)]
mod datasets;
#[cfg(test)]
mod deployment;
#[cfg(test)]
mod deployments;
#[cfg(test)]
mod every_tool;
#[cfg(test)]
mod experiments;
#[cfg(test)]
mod organization;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod prompts;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod support;
#[cfg(test)]
mod writes;
