//! The LangSmith client against the double: what each call answers, and what it makes of every fault.

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
