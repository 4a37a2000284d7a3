//! The client against servers of both eras, and against those that misbehave.

#[cfg(test)]
mod answer;
#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod modern;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod server;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod times;
