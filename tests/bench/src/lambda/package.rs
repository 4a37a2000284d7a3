//! The size of the uploads.

use std::path::Path;

use super::Plan;
use super::cast::Cast;
use super::subject::{Kind, Subject};
use crate::Outcome;
use crate::machine::said;
use crate::table::{Aim, Section, number};

/// The table of this part.
pub(crate) fn measure(plan: &Plan, cast: &Cast) -> Outcome<Section> {
    let text = "Deflated as well as zip can. The functions are built for the processor of this machine; for Graviton they \
        are smaller. Of *FastMCP*, all packages that it needs, without what the managed runtime brings.";
    let mut section = Section::new("Packages", text, &["Function", "Zip, MB", "Limit"]);
    for subject in &cast.subjects {
        let size = size(plan, subject)?;
        let limit = match subject.kind {
            Kind::Lean => Some(2.0),
            Kind::Sdk => Some(5.0),
            Kind::Hello | Kind::Peer => None,
        };
        section.row(&match limit {
            Some(limit) => [subject.name().to_owned(), Aim::AtMost(limit).judge(size), format!("<= {limit}")],
            None => [subject.name().to_owned(), number(size), String::new()],
        });
    }
    Ok(section)
}

/// The size in MB.
fn size(plan: &Plan, subject: &Subject) -> Outcome<f64> {
    const PACKAGES: &str = "import sysconfig; print(sysconfig.get_path('purelib'))";
    let script = plan.scripts.join("zipped.py").display().to_string();
    let bytes = if subject.kind == Kind::Peer {
        let packages = said(&plan.python, &["-c", PACKAGES], Path::new(""))?;
        said(&plan.python, &[&script, &packages], &plan.scripts.join("lambda"))?
    } else {
        said(&plan.python, &[&script], &subject.program.path)?
    };
    let bytes: u32 = bytes.parse().map_err(|_| format!("{} could not be packed: {bytes}", subject.name()))?;
    Ok(f64::from(bytes) / 1e6)
}
