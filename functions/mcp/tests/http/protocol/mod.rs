//! The protocol, whatever tool is called: eras, authentication, batches, streams, lists of tools and the choice among
//! them.

#[cfg(test)]
mod alone;
mod authentication;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod instructions;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod modern;
#[cfg(test)]
mod narrowed;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tools_list;
#[cfg(test)]
mod toolsets;
