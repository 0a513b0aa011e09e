//! Mail and tickets beside the log of changes, on both kinds of databases.

use model::Time;
use store::mail::{MailState, NewMail};
use store::ticket::{NewTicket, Requester};
use store::{Error, Mode};
use testkit::{Bench, Kind, on_both_databases};

const FILE: &str = "a.db";

on_both_databases! {
    a_mail_is_told_as_it_was_posted
    a_mail_of_one_key_is_posted_once
    numbers_are_given_out_once_by_whoever_posts
    mail_is_posted_while_somebody_holds_the_write_lock
    what_was_not_finished_was_not_posted
    a_newer_schema_stops_it
}

fn mail(key: Option<&str>) -> NewMail {
    NewMail {
        kind: "notice".to_owned(),
        to: vec!["ada@one.example".to_owned(), "Bob@two.example".to_owned()],
        cc: vec!["cc@one.example".to_owned()],
        subject: "Grüße".to_owned(),
        body: "A line\nand another\n".to_owned(),
        key: key.map(str::to_owned),
        answers: Some(9),
    }
}

async fn post(store: &store::Store, mail: &NewMail, at: i64) -> u32 {
    let mut side = store.side().await.expect("a transaction");
    let id = side.post_mail(mail, Time(at)).await.expect("posted");
    side.finish().await.expect("a commit");
    id
}

async fn a_mail_is_told_as_it_was_posted(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let id = post(&store, &mail(Some("k")), 5).await;
    let mut reader = store.reader().await.expect("a reader");
    let told = reader.mail(id).await.expect("an answer").expect("a mail");
    assert_eq!((told.id, told.created, &told.mail), (id, Time(5), &mail(Some("k"))));
    assert_eq!((told.state, told.attempts, told.next_attempt), (MailState::Queued, 0, Time(5)));
    assert_eq!((told.sent, &told.last_error), (None, &None));
    assert_eq!(reader.mails(Some(MailState::Queued), 10).await.expect("mails"), [told]);
    assert_eq!(reader.mails(Some(MailState::Sent), 10).await.expect("mails"), []);
    assert_eq!(reader.mail(id + 1).await.expect("an answer"), None);
}

async fn a_mail_of_one_key_is_posted_once(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let first = post(&store, &mail(Some("k")), 5).await;
    let again = NewMail { subject: "Another".to_owned(), ..mail(Some("k")) };
    assert_eq!(post(&store, &again, 6).await, first);
    assert_ne!(post(&store, &mail(Some("l")), 7).await, first);
    let without = [post(&store, &mail(None), 8).await, post(&store, &mail(None), 8).await];
    assert_ne!(without[0], without[1]);
    let mails = store.reader().await.expect("a reader").mails(None, 10).await.expect("mails");
    assert_eq!(mails.len(), 4);
    assert_eq!(mails[3].mail.subject, "Grüße", "the first one stays as it is");
}

async fn numbers_are_given_out_once_by_whoever_posts(kind: Kind) {
    let bench = Bench::new(kind);
    let (one, two) = (bench.store(FILE).await, bench.store(FILE).await);
    let run = async |store: store::Store, own: &'static str| {
        for n in 0..20 {
            post(&store, &mail(Some(&format!("{own}{}", n / 2))), n).await;
        }
    };
    tokio::join!(run(one.clone(), "k"), run(two, "k"), run(one.clone(), "l"));
    let mails = one.reader().await.expect("a reader").mails(None, 100).await.expect("mails");
    assert_eq!(mails.len(), 20);
}

async fn mail_is_posted_while_somebody_holds_the_write_lock(kind: Kind) {
    // SQLite has one writer; there it is the next one.
    if kind == Kind::Sqlite {
        return;
    }
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let writer = store.writer().await.expect("the lock");
    let id = post(&store, &mail(None), 5).await;
    assert!(store.reader().await.expect("a reader").mail(id).await.expect("an answer").is_some());
    writer.abandon().await.expect("given back");
}

async fn what_was_not_finished_was_not_posted(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let ticket = NewTicket {
        kind: "x".to_owned(),
        subject: "s".repeat(300),
        body: String::new(),
        requester: Requester::default(),
        about: None,
        key: "x".to_owned(),
        once_per: None,
    };
    let mut side = store.side().await.expect("a transaction");
    side.open_ticket(&ticket, "help@directory.example", Time(1)).await.expect("opened");
    drop(side);
    assert_eq!(store.reader().await.expect("a reader").mails(None, 9).await.expect("mails"), []);
    let mut side = store.side().await.expect("a transaction");
    let id = side.open_ticket(&ticket, "help@directory.example", Time(1)).await.expect("opened");
    side.finish().await.expect("a commit");
    let tickets = store.reader().await.expect("a reader").tickets(false).await.expect("tickets");
    assert_eq!((Some(tickets[0].id), tickets[0].subject.chars().count()), (id, store::mail::SUBJECT_MAX));
}

async fn a_newer_schema_stops_it(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    bench.run(FILE, "UPDATE meta SET value = '9999' WHERE key = 'schema_epoch'").await;
    let refused = store.side().await.expect_err("a newer schema");
    assert!(matches!(refused, Error::SchemaTooNew { found: 9999, .. }), "{refused:?}");
    let refused = bench.try_open(FILE, Mode::Existing).await.expect_err("a newer schema");
    assert!(matches!(refused, Error::SchemaTooNew { .. }), "{refused:?}");
}
