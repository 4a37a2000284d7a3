//! A complete login: with no function running yet, and with all of them warm.

use front_door::FrontDoor;
use hyper::Method;
use serde_json::json;
use url::Url;

use super::Plan;
use crate::calls::{Target, ask};
use crate::connection::{Connection, Prepared};
use crate::login::Login;
use crate::plan::rounds;
use crate::stats::{Rounds, Sample};
use crate::table::{Section, number};
use crate::{Outcome, clock, progress};

/// The table of this part.
pub(crate) async fn measure(plan: &Plan, door: &FrontDoor) -> Outcome<Section> {
    let url = Url::parse(&door.url)?;
    let (mut cold, mut warm) = (Rounds::default(), Rounds::default());
    for round in rounds(plan.starts) {
        progress(&format!("login, {round}"));
        door.retire();
        for rounds in [&mut cold, &mut warm] {
            let began = clock::now();
            login(&url).await?;
            if round.counts() {
                rounds.push(Sample::new(vec![began.elapsed()], 0.0));
            }
        }
    }
    let (cold, warm) = (cold.percentile(50), warm.percentile(50));
    let text = "Discovery, registration, login with a key, consent, token, first call of `list_projects`: six functions, by \
        the routes of the template. *Cold*: each of them starts within its first request, one after the other. There are \
        no virtual machines to start and nothing to download here, which on AWS take most of the time.";
    let mut section =
        Section::new("A whole login", text, &["Cold, ms", "Warm, ms", "Added by six starts, ms"]);
    section.row(&[number(cold), number(warm), number(cold - warm)]);
    Ok(section)
}

async fn login(url: &Url) -> Outcome {
    let discovery = Prepared::new(Method::GET, "/.well-known/oauth-authorization-server", &[], "")?;
    let (status, _) = Connection::open(url).await?.measure(&discovery).await?;
    if !status.is_success() {
        return Err(format!("discovery was answered with {status}").into());
    }
    let tokens = Login::register(url).await?.grant().await?;
    let target = Target::bearer(url, &tokens.access_token)?;
    ask(&mut Connection::open(url).await?, &target, "list_projects", &json!({})).await?;
    Ok(())
}
