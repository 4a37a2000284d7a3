//! Deployments of LangSmith that differ: data planes, query APIs, recreated objects.

#[cfg(test)]
pub(crate) mod byoc;
#[cfg(test)]
mod byoc_lists;
#[cfg(test)]
mod byoc_refused;
#[cfg(test)]
mod flags_and_names;
