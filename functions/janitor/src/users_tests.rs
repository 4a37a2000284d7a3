use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_900_000_000);
const DAY: Duration = Duration::from_hours(24);

fn ago(days: u32) -> Timestamp {
    Timestamp::from_secs(NOW.secs() - (DAY * days).as_secs())
}

fn due(is_live: bool, is_scheduled: bool, idle: Option<u32>, touched: u32) -> Due {
    let (idle_since, touched) = (idle.map(ago), Some(ago(touched)));
    SecretState { is_live, is_scheduled, idle_since, touched }.due(NOW)
}

#[test]
fn only_a_week_without_a_grant_ends_a_secret() {
    assert_eq!(due(false, false, None, 90), Due::Mark);
    assert_eq!(due(false, false, Some(6), 90), Due::Nothing);
    assert_eq!(due(false, false, Some(7), 90), Due::Schedule);
    assert_eq!(due(false, false, Some(7), 1), Due::Nothing, "somebody is logging in");
    assert_eq!(due(false, true, Some(9), 90), Due::Nothing);
}

#[test]
fn a_grant_saves_a_secret() {
    assert_eq!(due(true, false, None, 90), Due::Nothing);
    assert_eq!(due(true, false, Some(30), 90), Due::Unmark);
    assert_eq!(due(true, true, Some(30), 90), Due::Restore);
}

#[test]
fn a_day_of_runs_visits_everybody_once() {
    let mut all: Vec<_> =
        (0..24).flat_map(|hour| shard_of_hour(NOW.plus(Duration::from_hours(hour)))).map(u32::from).collect();
    all.sort_unstable();
    let mut first: Vec<_> = FIRST.iter().copied().map(u32::from).collect();
    first.sort_unstable();
    assert_eq!(all, first);
}

#[test]
fn everybody_comes_first_within_three_days() {
    let hours = (0..72).map(|hour| shard_of_hour(NOW.plus(Duration::from_hours(hour)))[0]);
    let first: std::collections::BTreeSet<_> = hours.collect();
    assert_eq!(first.len(), FIRST.len());
}
