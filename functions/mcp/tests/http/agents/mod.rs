//! Agents of discovered servers, as far as no agent runs. Those of a real Agent Server are in `tests/agents`.

#[cfg(test)]
mod discovery;
#[cfg(test)]
mod server;
