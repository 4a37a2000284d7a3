//! The entry of `run_experiment` in `tools/list`.

use super::outcome;
use super::request::MAX_RESULTS;
use crate::toolset::Descriptor;
use crate::toolset::schema::entry::entries;
use crate::toolset::schema::tool_schema::{
    Effect, any, flag_or, input, integer, object, output, text, writer,
};

const DESCRIPTION: &str = "Record an experiment on a dataset: opens it, records your program's outputs and scores per example, closes \
it with a summary. Repeating a call records nothing twice. Without arguments: a guide.";

pub(super) fn describe() -> Descriptor {
    let parameters = vec![
        ("experiment_name", text("The same name continues the same experiment. Required to record.")),
        ("dataset_id", text("UUID of the dataset; this or dataset_name is needed to open.")),
        ("dataset_name", text("Name of the dataset.")),
        ("description", text("What it tests.")),
        ("metadata", object("Labels, such as model and version.")),
        (
            "results",
            entries(
                "Results of your program, with at most 500 scores in all.",
                MAX_RESULTS,
                outcome::members(),
            ),
        ),
        ("close", flag_or(false, "true: end it and return the summary.")),
    ];
    let members = vec![
        ("experiment_id", text("UUID.")),
        ("experiment_name", text("Name; usable as project_name.")),
        ("status", text("opened or continued.")),
        ("runs_recorded", integer("Runs that this call added.")),
        ("runs_existing", integer("Runs that existed already, left unchanged.")),
        ("inputs_left_out", integer("New runs stored without inputs (over 100 kB).")),
        ("scores_recorded", integer("Scores added or replaced.")),
        ("scores_existing", integer("Scores that existed already.")),
        ("runs", integer("When closed: all runs.")),
        ("scores", any("When closed: n and mean by key.")),
        ("score_keys_left_out", integer("Number of keys left out of scores.")),
        ("pending", any("true: LangSmith is still counting; ask again.")),
        ("url", text("Web page of it, if known.")),
        ("result", text("The guide, without arguments.")),
    ];
    let names = ("run_experiment", "Run experiment");
    writer(names, Effect::Overwrites, DESCRIPTION, input(&[], parameters), output(members))
}
