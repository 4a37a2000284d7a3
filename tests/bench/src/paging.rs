//! One caller reads all runs of a project, page by page. The number of queries to LangSmith is measured, since its rate
//! limit counts them.

use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::calls::{Target, ask};
use crate::connection::{Connection, Prepared};
use crate::plan::Plan;
use crate::stats::median;
use crate::systems::{self, Data};
use crate::table::{Aim, Section, number};
use crate::{Outcome, clock, progress};

/// The number of runs in the project.
const RUNS: usize = 1000;
/// The maximum page size of LangSmith.
const BATCH: usize = 100;

/// A request as the double recorded it.
#[derive(Deserialize)]
struct Recorded {
    path: String,
}

/// The outcome of one walk through all pages.
struct Walk {
    runs: usize,
    pages: usize,
    queries: usize,
    seconds: f64,
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let ours = systems::ours(plan, folder.path(), &double.url, Data::Disk).await?;
    let peer = systems::mcp_peer(plan, folder.path()).await?;
    let ours = Target::key(&ours.url)?;
    let peer = Target::peer(&peer.url, &double.url, 1).await?;
    let (mut our_walks, mut peer_walks) = (Vec::new(), Vec::new());
    for round in plan.rounds() {
        progress(&format!("paging, {round}"));
        for own in round.order(vec![true, false]) {
            let (target, walks) = if own { (&ours, &mut our_walks) } else { (&peer, &mut peer_walks) };
            let walk = walk(target, &double.url, own).await?;
            if walk.runs != RUNS {
                return Err(format!("{} runs were read instead of {RUNS}", walk.runs).into());
            }
            if round.counts() {
                walks.push(walk);
            }
        }
    }
    Ok(section(&our_walks, &peer_walks))
}

async fn walk(target: &Target, double: &Url, own: bool) -> Outcome<Walk> {
    let mut control = Connection::open(double).await?;
    let log = |method| Prepared::new(method, "/_double/requests", &[], "");
    control.send(&log(Method::DELETE)?).await?;
    let mut connection = Connection::open(&target.url).await?;
    let began = clock::now();
    let (runs, pages) = if own {
        by_cursor(&mut connection, target).await?
    } else {
        by_time(&mut connection, target).await?
    };
    let seconds = began.elapsed().as_secs_f64();
    let recorded: Vec<Recorded> = serde_json::from_slice(&control.send(&log(Method::GET)?).await?.body)?;
    let queries = recorded.iter().filter(|request| request.path.ends_with("/runs/query")).count();
    Ok(Walk { runs, pages, queries, seconds })
}

/// This server's way: each answer has a cursor for the next page.
async fn by_cursor(connection: &mut Connection, target: &Target) -> Outcome<(usize, usize)> {
    let (mut runs, mut pages) = (0, 0);
    let mut arguments = json!({ "project_name": "bench", "limit": BATCH });
    loop {
        let answer = ask(connection, target, "fetch_runs", &arguments).await?;
        runs += listed(&answer).len();
        pages += 1;
        match (answer.get("next_cursor"), arguments.as_object_mut()) {
            (Some(cursor), Some(arguments)) => arguments.insert("cursor".to_owned(), cursor.clone()),
            _ => return Ok((runs, pages)),
        };
    }
}

/// The only way without a cursor: all pages of the newest runs, then the same for runs older than those.
async fn by_time(connection: &mut Connection, target: &Target) -> Outcome<(usize, usize)> {
    let (mut runs, mut pages) = (0, 0);
    let mut filter = "eq(is_root, true)".to_owned();
    loop {
        let (mut page, mut oldest) = (1, None);
        loop {
            let arguments =
                json!({ "project_name": "bench", "limit": BATCH, "page_number": page, "filter": filter });
            let answer = ask(connection, target, "fetch_runs", &arguments).await?;
            runs += listed(&answer).len();
            pages += 1;
            let start =
                listed(&answer).last().and_then(|run| run.get("start_time")?.as_str()).map(str::to_owned);
            oldest = start.or(oldest);
            if answer.get("total_pages").and_then(Value::as_u64) <= Some(page) {
                break;
            }
            page += 1;
        }
        match oldest.filter(|_| runs < RUNS) {
            Some(oldest) => filter = format!("lt(start_time, \"{oldest}\")"),
            None => return Ok((runs, pages)),
        }
    }
}

fn listed(answer: &Value) -> &[Value] {
    answer.get("runs").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn section(ours: &[Walk], peer: &[Walk]) -> Section {
    let text = format!(
        "One caller reads {RUNS} runs with `fetch_runs`, {BATCH} from LangSmith at a time. This server's answers have a \
         cursor; with the peer the caller asks for each page by its number and goes on with a filter on the time.",
    );
    let columns = ["", "Pages", "Queries to LangSmith", "Queries a page (limit <= 1)", "Seconds"];
    let mut section = Section::new("Reading many runs", text, &columns);
    for (name, walks) in [("ours", ours), ("peer", peer)] {
        let of = |value: fn(&Walk) -> f64| median(walks.iter().map(value).collect());
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let (pages, queries) = (of(|walk| walk.pages as f64), of(|walk| walk.queries as f64));
        section.row(&[
            name.to_owned(),
            number(pages),
            number(queries),
            Aim::AtMost(1.0).judge(queries / pages),
            number(of(|walk| walk.seconds)),
        ]);
    }
    section
}
