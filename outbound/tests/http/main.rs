//! The client against servers and resolvers that misbehave.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod names;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tls;
