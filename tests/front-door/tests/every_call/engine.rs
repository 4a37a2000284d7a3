//! Records a step of a flow, then repeats it for each of its calls and each fault of that call.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use front_door::aws::{Call, Fault};

use super::cell::{Place, Span};
use super::seen::Seen;
use super::world::World;

/// The maximum number of additional requests of a step with a fault: a save that must not be lost is tried three times,
/// and four times each if other transactions conflict.
const MORE: usize = 11;

/// The number of attempts for a step that must succeed. A timeout on a busy machine is not our fault.
const ATTEMPTS: usize = 3;

/// A step: its preparation, its action, and the same client's next action.
struct Step<'a, P, A, E> {
    world: &'a World,
    name: &'static str,
    prepare: P,
    act: A,
    go_on: E,
}

impl World {
    /// Fails every call of `act`, each in every way.
    ///
    /// There are no faults before `prepare` and after `act`; `go_on` is given the step's outcome, and the fault.
    pub(super) async fn fail_every_call<R, T>(
        &self,
        name: &'static str,
        prepare: impl AsyncFn() -> R,
        act: impl AsyncFn(&R) -> Result<Seen<T>, String>,
        go_on: impl AsyncFn(R, Option<T>, Option<Failed>),
    ) {
        let step = Step { world: self, name, prepare, act, go_on };
        let (places, usual) = step.record().await;
        assert!(!places.is_empty(), "{name} calls nothing");
        for place in &places {
            for (fault, span) in place.faults() {
                step.cell(Failed { place: place.clone(), fault, span }, usual).await;
            }
            // Takes most of a second each time, so every kind of call is tested once.
            if is_new(&place.call) {
                let silent = Failed { place: place.clone(), fault: Fault::Silent, span: Span::On };
                step.cell(silent, usual).await;
            }
        }
        self.check(name).await;
    }

    /// Fails one call that is known in advance.
    pub(super) async fn fail_once<R, T>(
        &self,
        name: &'static str,
        failed: Failed,
        prepare: impl AsyncFn() -> R,
        act: impl AsyncFn(&R) -> Result<Seen<T>, String>,
        go_on: impl AsyncFn(R, Option<T>, Option<Failed>),
    ) {
        Step { world: self, name, prepare, act, go_on }.cell(failed, 1).await;
    }
}

/// Whether no test of this run has seen a similar call.
fn is_new(call: &Call) -> bool {
    static MET: Mutex<BTreeSet<(String, String, String)>> = Mutex::new(BTreeSet::new());
    // All users' secrets are alike, and so are those of workspaces.
    let (users, workspaces) = ("/users/", "/servers/");
    let resource = call.resource.split(users).next().unwrap().split(workspaces).next().unwrap();
    MET.lock().unwrap().insert((call.function.clone(), call.action.clone(), resource.to_owned()))
}

/// A fault and its place.
#[derive(Clone, Debug)]
pub(super) struct Failed {
    pub(super) place: Place,
    pub(super) fault: Fault,
    pub(super) span: Span,
}

impl Failed {
    /// Whether everything was written although all answers were lost.
    pub(super) fn has_landed(&self) -> bool {
        self.span == Span::On && matches!(self.fault, Fault::Lost | Fault::Garbled)
    }
}

impl<R, T, P, A, E> Step<'_, P, A, E>
where
    P: AsyncFn() -> R,
    A: AsyncFn(&R) -> Result<Seen<T>, String>,
    E: AsyncFn(R, Option<T>, Option<Failed>),
{
    /// The calls of the step, and the number of its requests.
    async fn record(&self) -> (Vec<Place>, usize) {
        let aws = &self.world.door.aws;
        let ready = (self.prepare)().await;
        let mark = aws.mark();
        let (seen, usual) = aws.count((self.act)(&ready)).await;
        let calls = aws.calls_since(mark);
        let done = seen.unwrap_or_else(|wrong| panic!("{}: {wrong}", self.name)).done();
        assert!(done.is_some(), "{} fails without a fault", self.name);
        (self.go_on)(ready, done, None).await;
        (Place::all(&calls), usual)
    }

    /// Tests one call with one fault.
    async fn cell(&self, failed: Failed, usual: usize) {
        let must_work = failed.place.is_asked_again(failed.fault, failed.span);
        for _ in 0..ATTEMPTS {
            if self.attempt(&failed, usual).await || !must_work {
                return;
            }
        }
        panic!("{}: is not asked again: {failed:?}", self.name);
    }

    /// Whether the step succeeded nevertheless.
    async fn attempt(&self, failed: &Failed, usual: usize) -> bool {
        let (aws, name) = (&self.world.door.aws, self.name);
        let ready = (self.prepare)().await;
        let hits = self.arm(failed.clone());
        let (seen, asked) = aws.count((self.act)(&ready)).await;
        aws.heal();
        assert!(hits.load(Ordering::SeqCst) > 0, "{name}: not hit: {failed:?}");
        let done = seen.unwrap_or_else(|wrong| panic!("{name}: {failed:?}: {wrong}")).done();
        assert!(asked <= usual + MORE, "{name}: {failed:?}: {asked} requests instead of {usual}");
        let is_done = done.is_some();
        (self.go_on)(ready, done, Some(failed.clone())).await;
        is_done
    }

    fn arm(&self, failed: Failed) -> Arc<AtomicUsize> {
        let (seen, hits) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let hit = hits.clone();
        self.world.door.aws.fail(move |call| {
            let number = failed.place.is(call).then(|| seen.fetch_add(1, Ordering::SeqCst))?;
            let fails = match failed.span {
                Span::Once => number == failed.place.nth,
                Span::On => number >= failed.place.nth,
            };
            fails.then(|| hit.fetch_add(1, Ordering::SeqCst)).map(|_| failed.fault)
        });
        hits
    }
}
