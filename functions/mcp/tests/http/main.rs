//! Black-box tests of `/mcp`: HTTP in, HTTP out, with the LangSmith double upstream. Only who calls is faked.

#[cfg(test)]
mod authentication;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod fetch_runs;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod modern;
#[cfg(test)]
mod support;
#[cfg(test)]
mod upstream;
