//! JSON of LangSmith's answers as it was received: pages are split into values, which are copied and not parsed.

pub(crate) mod checked_json;
pub(crate) mod long_list;
pub(crate) mod received;
pub(crate) mod scan;
