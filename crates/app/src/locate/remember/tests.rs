//! The memory against a service that is scripted, counted and held back.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Semaphore;

use super::*;

const PLACE: Located = Located { latitude: 48.86, longitude: 2.35, radius_km: 10.0 };

#[derive(Default)]
struct Hands(AtomicI64);

impl Hands {
    fn advance(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::Relaxed))
    }
}

/// Gives the scripted outcomes in order, one for each permit.
struct Service {
    script: Mutex<VecDeque<Outcome>>,
    permits: Semaphore,
}

impl Service {
    fn new(script: impl IntoIterator<Item = Outcome>) -> Arc<Service> {
        let script = Mutex::new(script.into_iter().collect());
        Arc::new(Service { script, permits: Semaphore::new(100) })
    }

    fn held_back(script: impl IntoIterator<Item = Outcome>) -> Arc<Service> {
        let service = Service::new(script);
        service.permits.forget_permits(100);
        service
    }

    fn left(&self) -> usize {
        locked(&self.script).len()
    }
}

impl Locator for Service {
    fn locate<'a>(&'a self, _: &'a Address) -> LocateFuture<'a> {
        Box::pin(async {
            self.permits.acquire().await.expect("never closed").forget();
            locked(&self.script).pop_front().expect("asked more often than scripted")
        })
    }

    fn attribution(&self) -> &'static str {
        "a service"
    }
}

#[derive(Default)]
struct Drawer {
    kept: Mutex<HashMap<String, Kept>>,
    broken: bool,
}

impl Shelf for Drawer {
    fn get<'a>(&'a self, key: &'a str) -> ShelfFuture<'a, Option<Kept>> {
        Box::pin(async move {
            if self.broken { Err("unreadable".to_owned()) } else { Ok(locked(&self.kept).get(key).copied()) }
        })
    }

    fn put<'a>(&'a self, key: &'a str, kept: Kept) -> ShelfFuture<'a, ()> {
        Box::pin(async move {
            if self.broken {
                return Err("full".to_owned());
            }
            locked(&self.kept).insert(key.to_owned(), kept);
            Ok(())
        })
    }
}

fn remembering(service: &Arc<Service>, shelf: Option<Arc<Drawer>>, clock: &Arc<Hands>) -> Remembering {
    let inner: Arc<dyn Locator> = Arc::clone(service) as Arc<dyn Locator>;
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    Remembering::new(inner, shelf.map(|shelf| shelf as Arc<dyn Shelf>), clock, Limits::default())
}

fn city(name: &str) -> Address {
    Address { city: Some(name.to_owned()), ..Address::default() }
}

fn down() -> Outcome {
    Err(LocateError::Unreachable("refused".to_owned()))
}

#[tokio::test]
async fn every_kind_of_answer_holds_for_its_own_time() {
    let limits = Limits::default();
    for (outcome, micros) in [
        (Ok(Some(PLACE)), limits.found_micros),
        (Ok(None), limits.unknown_micros),
        (down(), limits.failure_micros),
    ] {
        let service = Service::new([outcome.clone(), Ok(Some(PLACE))]);
        let clock = Arc::new(Hands::default());
        let locator = remembering(&service, None, &clock);
        assert_eq!(locator.locate(&city("Paris")).await, outcome);
        clock.advance(micros - 1);
        assert_eq!(locator.locate(&city(" PARIS ")).await, outcome, "still held");
        assert_eq!(service.left(), 1);
        clock.advance(1);
        assert_eq!(locator.locate(&city("Paris")).await, Ok(Some(PLACE)), "asked again");
    }
}

#[tokio::test]
async fn a_refusal_for_lack_of_room_is_not_kept() {
    let service = Service::new([Err(LocateError::Busy), Ok(None)]);
    let locator = remembering(&service, None, &Arc::default());
    assert_eq!(locator.locate(&city("Paris")).await, Err(LocateError::Busy));
    assert_eq!(locator.locate(&city("Paris")).await, Ok(None));
}

#[tokio::test]
async fn an_empty_address_is_not_asked_for() {
    let service = Service::new([]);
    let locator = remembering(&service, None, &Arc::default());
    assert_eq!(locator.locate(&city("  ")).await, Ok(None));
    assert_eq!(locator.attribution(), "a service");
}

#[tokio::test]
async fn the_shelf_outlives_the_memory() {
    let (shelf, clock) = (Arc::new(Drawer::default()), Arc::new(Hands::default()));
    let service = Service::new([Ok(Some(PLACE)), Ok(None)]);
    let first = remembering(&service, Some(Arc::clone(&shelf)), &clock);
    assert_eq!(first.locate(&city("Paris")).await, Ok(Some(PLACE)));
    clock.advance(Limits::default().found_micros - 1);
    let second = remembering(&service, Some(Arc::clone(&shelf)), &clock);
    assert_eq!(second.locate(&city("Paris")).await, Ok(Some(PLACE)));
    assert_eq!(service.left(), 1, "the second took it from the shelf");
    clock.advance(1);
    assert_eq!(
        second.locate(&city("Paris")).await,
        Ok(None),
        "what the shelf gave ages from when it was asked"
    );
}

#[tokio::test]
async fn an_old_place_serves_while_the_service_is_down() {
    let (shelf, clock) = (Arc::new(Drawer::default()), Arc::new(Hands::default()));
    let limits = Limits::default();
    let service = Service::new([Ok(Some(PLACE)), down(), Ok(None)]);
    let locator = remembering(&service, Some(shelf), &clock);
    assert_eq!(locator.locate(&city("Paris")).await, Ok(Some(PLACE)));
    clock.advance(limits.found_micros);
    assert_eq!(locator.locate(&city("Paris")).await, Ok(Some(PLACE)));
    assert_eq!(service.left(), 1, "it was asked in vain");
    clock.advance(limits.failure_micros);
    assert_eq!(locator.locate(&city("Paris")).await, Ok(None));
}

#[tokio::test]
async fn a_broken_shelf_costs_nothing_but_memory() {
    let shelf = Arc::new(Drawer { broken: true, ..Drawer::default() });
    let service = Service::new([Ok(Some(PLACE))]);
    let locator = remembering(&service, Some(shelf), &Arc::default());
    for _ in 0..2 {
        assert_eq!(locator.locate(&city("Paris")).await, Ok(Some(PLACE)));
    }
}

#[tokio::test]
async fn all_who_ask_at_once_share_one_request() {
    let service = Service::held_back([Ok(Some(PLACE))]);
    let locator = Arc::new(remembering(&service, None, &Arc::default()));
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let locator = Arc::clone(&locator);
            tokio::spawn(async move { locator.locate(&city("Paris")).await })
        })
        .collect();
    while locked(&locator.flights.cells).is_empty() {
        tokio::task::yield_now().await;
    }
    service.permits.add_permits(1);
    for caller in callers {
        assert_eq!(caller.await.expect("no panic"), Ok(Some(PLACE)));
    }
    assert!(locked(&locator.flights.cells).is_empty(), "the list is cleared");
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_the_look_up_to_the_next() {
    let service = Service::held_back([Ok(Some(PLACE))]);
    let locator = Arc::new(remembering(&service, None, &Arc::default()));
    let address = city("Paris");
    let mut first = locator.locate(&address);
    let mut second = locator.locate(&address);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    assert!(second.as_mut().poll(&mut context).is_pending());
    drop(first);
    service.permits.add_permits(1);
    assert_eq!(second.await, Ok(Some(PLACE)));
    assert!(locked(&locator.flights.cells).is_empty());
}

#[test]
fn memory_is_bounded_and_keeps_what_is_asked_for() {
    let mut memory = Memory::new(10);
    let answer = Answer { outcome: Ok(None), until: Time(1) };
    memory.put("favourite", answer.clone());
    for n in 0..100 {
        memory.put(&n.to_string(), answer.clone());
        assert!(memory.get("favourite").is_some(), "after {n}");
        assert!(memory.young.len() + memory.old.len() <= 10);
    }
    assert!(memory.get("3").is_none());
}
