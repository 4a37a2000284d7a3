//! What holds for every tool, or for several: arguments, names that LangSmith does not have, failures.

#[cfg(test)]
mod arguments;
#[cfg(test)]
mod every_mode;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod ignored;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod not_found;
#[cfg(test)]
mod suggestions;
#[cfg(test)]
mod upstream;
