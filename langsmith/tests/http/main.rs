//! The LangSmith client against the double: the result of each call, with and without faults.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod names;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod support;
#[cfg(test)]
mod usage;
