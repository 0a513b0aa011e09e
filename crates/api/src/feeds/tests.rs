use catalog::feed::Position;

use super::atom::Subject;
use super::cursor::{BadCursor, parse};
use super::*;
use model::Tag;

#[test]
fn cursors_are_read_as_they_were_written() {
    let app = test_app();
    let (own, other) = (Stamp::of(&app, &app.public().viewer), Stamp::of(&app, &Viewer::superuser()));
    assert_ne!(own, other);
    for position in [Position::behind(0), Position::behind(17), Position { seq: 17, n: 3 }] {
        let text = cursor::Cursor(position, own).to_string();
        assert_eq!(parse(&text, own), Ok(position), "{text}");
        assert_eq!(parse(&text, other), Err(BadCursor::Stamp), "{text}");
    }
    assert_eq!(parse("0017", own), Ok(Position::behind(17)));
    for text in ["", "-", "x", "+1", "1.", "1.0", "1.4294967295", "1-", "1-1", "1-+1234567", "1.2.3", "1 "] {
        assert_eq!(parse(text, own), Err(BadCursor::Text), "{text}");
    }
}

#[test]
fn paths_of_feeds_name_what_they_are_about() {
    for (path, subject) in [
        ("/changes.atom", Some(Subject::All)),
        ("/changes/net.atom", Some(Subject::Type(Tag::Net))),
        ("/changes/org/7.atom", Some(Subject::Record(Tag::Org, 7))),
        ("/changes/poc/4294967295.atom", Some(Subject::Record(Tag::Poc, u32::MAX))),
        ("/changes", None),
        ("/changes/", None),
        ("/changes/.atom", None),
        ("/changes/net", None),
        ("/changes/net/x.atom", None),
        ("/changes/net/4294967296.atom", None),
        ("/changes/net/1/2.atom", None),
        ("/changesnet.atom", None),
    ] {
        assert_eq!(Subject::of(path), subject, "{path}");
    }
}

use model::access::Viewer;

fn test_app() -> App {
    let clock = Arc::new(testkit::FixedClock::at(model::Time(0)));
    App::new(
        catalog::Snapshot::empty("https://directory.example/m/"),
        app::principals::Principals::default(),
        Arc::new(app::locate::OfflineLocator),
        clock,
        app::Settings::at("https://directory.example"),
    )
}
