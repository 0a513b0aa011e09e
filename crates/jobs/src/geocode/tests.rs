//! The geocoder client against services on this machine: helpful, confused and broken ones.

use std::time::Duration;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;

use super::*;
use crate::http::{Limits, Settings};

async fn start(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("http://{address}/geocode")).expect("a URL")
}

fn locator_within(base: Url, total: Duration) -> NominatimLocator {
    let limits = Limits { total, ..Limits::default() };
    let client = HttpClient::new(Settings { limits, egress_gateway: None }).expect("a client");
    NominatimLocator::new(client, base)
}

/// The outcome for one address when the service answers so.
async fn outcome(status: StatusCode, answer: &'static str) -> Outcome {
    let base =
        start(Router::new().route("/geocode/search", get(move || async move { (status, answer) }))).await;
    locator_within(base, Duration::from_secs(60)).locate(&paris()).await
}

fn paris() -> Address {
    Address { city: Some("Paris".to_owned()), country: Some("FR".to_owned()), ..Address::default() }
}

fn asked(base: &str, address: &Address) -> String {
    search_url(&Url::parse(base).expect("a URL"), address).into()
}

#[test]
fn the_question_is_structured() {
    assert_eq!(
        asked("http://geo.example/", &paris()),
        "http://geo.example/search?format=jsonv2&limit=1&city=Paris&countrycodes=fr"
    );
    let full = Address {
        state: Some(" Île-de-France ".to_owned()),
        zipcode: Some("75001".to_owned()),
        address1: Some("1 rue A & B".to_owned()),
        ..paris()
    };
    assert_eq!(
        asked("https://geo.example/nominatim?key=k", &full),
        "https://geo.example/nominatim/search?key=k&format=jsonv2&limit=1&street=1+rue+A+%26+B&city=Paris\
         &state=%C3%8Ele-de-France&postalcode=75001&countrycodes=fr"
    );
}

#[test]
fn a_country_that_is_no_code_and_blank_parts_are_told_apart() {
    let address = Address { country: Some("France".to_owned()), state: Some("  ".to_owned()), ..paris() };
    assert_eq!(
        asked("http://geo.example", &address),
        "http://geo.example/search?format=jsonv2&limit=1&city=Paris&country=france"
    );
}

#[tokio::test]
async fn the_question_arrives_and_the_answer_becomes_a_place() {
    let search = |RawQuery(query): RawQuery| async move {
        assert_eq!(query.as_deref(), Some("format=jsonv2&limit=1&city=Paris&countrycodes=fr"));
        r#"[{"lat": "48.8566", "lon": "2.3522", "boundingbox": ["48.7566", "48.9566", "2.2522", "2.4522"]}]"#
    };
    let base = start(Router::new().route("/geocode/search", get(search))).await;
    let locator = locator_within(base, Duration::from_secs(60));
    let place = locator.locate(&paris()).await.expect("an answer").expect("a place");
    assert_eq!((place.latitude, place.longitude), (48.8566, 2.3522));
    assert!((place.radius_km - 13.3).abs() < 0.1, "{place:?}");
    assert!(locator.attribution().contains("OpenStreetMap"));
}

#[tokio::test]
async fn numbers_may_be_written_as_numbers() {
    let answer = r#"[{"lat": 48.5, "lon": 2, "boundingbox": [48.5, 48.5, 2, 2]}, {"lat": "?"}]"#;
    let expected = Located { latitude: 48.5, longitude: 2.0, radius_km: 0.0 };
    assert_eq!(outcome(StatusCode::OK, answer).await, Ok(Some(expected)));
}

#[tokio::test]
async fn an_empty_list_means_that_the_place_is_unknown() {
    assert_eq!(outcome(StatusCode::OK, "[]").await, Ok(None));
}

#[tokio::test]
async fn answers_that_make_no_sense_are_errors() {
    for answer in [
        "",
        "<html>",
        "{}",
        "null",
        "[null]",
        "[[]]",
        r#"{"error": "no"}"#,
        r#"[{"lat": "48"}]"#,
        r#"[{"lat": "48", "lon": "2"}]"#,
        r#"[{"lat": "48", "lon": "2", "boundingbox": []}]"#,
        r#"[{"lat": "48", "lon": "2", "boundingbox": ["1", "2", "3"]}]"#,
        r#"[{"lat": "48", "lon": "2", "boundingbox": ["1", "2", "3", "4", "5"]}]"#,
        r#"[{"lat": "48", "lon": "2", "boundingbox": ["1", "2", "3", "west"]}]"#,
        r#"[{"lat": "north", "lon": "2", "boundingbox": [1, 2, 3, 4]}]"#,
        r#"[{"lat": "NaN", "lon": "2", "boundingbox": [1, 2, 3, 4]}]"#,
        r#"[{"lat": "480", "lon": "2", "boundingbox": [1, 2, 3, 4]}]"#,
        r#"[{"lat": true, "lon": "2", "boundingbox": [1, 2, 3, 4]}]"#,
        r#"[{"lat": "1e400", "lon": "2", "boundingbox": [1, 2, 3, 4]}]"#,
    ] {
        let result = outcome(StatusCode::OK, answer).await;
        assert!(matches!(result, Err(LocateError::Unusable(_))), "{answer}: {result:?}");
    }
}

#[tokio::test]
async fn a_status_other_than_success_is_an_error() {
    for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::TOO_MANY_REQUESTS, StatusCode::NOT_FOUND] {
        let result = outcome(status, "[]").await;
        assert!(matches!(result, Err(LocateError::Unusable(_))), "{status}: {result:?}");
    }
}

#[tokio::test]
async fn a_deeply_nested_answer_is_an_error() {
    let nested: &'static str = Box::leak("[".repeat(100_000).into_boxed_str());
    assert!(matches!(outcome(StatusCode::OK, nested).await, Err(LocateError::Unusable(_))));
}

#[tokio::test]
async fn a_service_that_is_silent_huge_or_absent_is_out_of_reach() {
    let silent = || async { std::future::pending::<()>().await };
    let huge = || async { "[".repeat(BYTES_MAX + 1) };
    for router in [
        Router::new().route("/geocode/search", get(silent)),
        Router::new().route("/geocode/search", get(huge)),
    ] {
        let locator = locator_within(start(router).await, Duration::from_millis(500));
        let result = locator.locate(&paris()).await;
        assert!(matches!(result, Err(LocateError::Unreachable(_))), "{result:?}");
    }
    let absent = Url::parse("http://127.0.0.1:1/").expect("a URL");
    let result = locator_within(absent, Duration::from_secs(60)).locate(&paris()).await;
    assert!(matches!(result, Err(LocateError::Unreachable(_))), "{result:?}");
}

#[tokio::test]
async fn no_more_than_a_few_requests_are_under_way() {
    let silent = || async { std::future::pending::<()>().await };
    let base = start(Router::new().route("/geocode/search", get(silent))).await;
    let locator = locator_within(base, Duration::from_millis(100));
    let permits = locator.permits.acquire_many(REQUESTS_MAX as u32).await.expect("never closed");
    assert_eq!(locator.locate(&paris()).await, Err(LocateError::Busy));
    drop(permits);
    assert!(matches!(locator.locate(&paris()).await, Err(LocateError::Unreachable(_))));
}

#[tokio::test]
async fn an_empty_address_is_not_asked_for() {
    let absent = Url::parse("http://127.0.0.1:1/").expect("a URL");
    let locator = locator_within(absent, Duration::from_secs(60));
    assert_eq!(locator.locate(&Address::default()).await, Ok(None));
}
