//! Mail and tickets in backups.

use model::{Tag, Time};
use serde_json::json;
use store::Store;
use store::mail::{Mail, MailState, NewMail};
use store::ticket::{NewTicket, Requester, Ticket};
use testkit::{Kind, on_both_databases};

use crate::kit::{Bench, STRICT, load, small};

on_both_databases! {
    mail_that_has_not_left_and_open_tickets_survive_a_backup
    what_is_no_mail_or_ticket_is_refused
}

const FILE: &str = "a.db";
const SUPPORT: &str = "help@directory.example";

async fn desk(store: &Store) -> (Vec<Mail>, Vec<Ticket>) {
    let mut reader = store.reader().await.expect("a reader");
    let mut mails = reader.mails(None, 100).await.expect("mails");
    mails.reverse();
    (mails, reader.tickets(true).await.expect("tickets"))
}

fn mail(subject: &str) -> NewMail {
    NewMail {
        kind: "test".to_owned(),
        to: vec!["ada@one.example".to_owned(), "bob@two.example".to_owned()],
        cc: vec!["cc@one.example".to_owned()],
        subject: subject.to_owned(),
        body: "Grüße\n\"quoted\"\n".to_owned(),
        key: Some(subject.to_owned()),
        answers: Some(1),
    }
}

fn ticket(subject: &str, about: Option<(Tag, u32)>) -> NewTicket {
    NewTicket {
        kind: "queue".to_owned(),
        subject: subject.to_owned(),
        body: "Look at it.".to_owned(),
        requester: Requester {
            user: Some(7),
            org_key: Some("prefix00".to_owned()),
            email: Some("ada@one.example".to_owned()),
        },
        about,
        key: subject.to_owned(),
        once_per: None,
    }
}

async fn mail_that_has_not_left_and_open_tickets_survive_a_backup(kind: Kind) {
    let bench = Bench::new(kind);
    let first = bench.store(FILE).await;
    load(&first, &[bench.json("in.json", &small())], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    let mut side = first.side().await.expect("a transaction");
    let at = Time(1_800_000_000_000_001);
    for subject in ["sent", "queued", "sending", "failed", "held"] {
        side.post_mail(&mail(subject), at).await.expect("posted");
    }
    for (subject, about) in [("open", Some((Tag::Org, 1))), ("closed", None), ("bare", None)] {
        side.open_ticket(&ticket(subject, about), SUPPORT, at).await.expect("opened");
    }
    side.close_ticket(2, at).await.expect("closed");
    side.finish().await.expect("a commit");
    bench.run(FILE, "UPDATE mail SET state = 'sent', sent = 5 WHERE id IN (1, 6, 7, 8)").await;
    bench
        .run(FILE, "UPDATE mail SET state = subject, last_error = 'why', attempts = 3 WHERE id IN (3, 4, 5)")
        .await;
    bench.dump(&first, "a.json").await;

    let second = bench.store("b.db").await;
    let summary =
        load(&second, &[bench.path("a.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((summary.mails, summary.tickets), (4, 2));
    let ((before, tickets_before), (mails, tickets)) = (desk(&first).await, desk(&second).await);
    let open: Vec<Ticket> = tickets_before.into_iter().filter(|ticket| ticket.closed.is_none()).collect();
    assert_eq!(tickets, open);
    let told = "it came with a backup, and may have been sent since that was made";
    for (loaded, state, error) in [
        (&mails[0], MailState::Held, told),
        (&mails[1], MailState::Held, told),
        (&mails[2], MailState::Failed, "why"),
        (&mails[3], MailState::Held, "why"),
    ] {
        let old = before.iter().find(|mail| mail.id == loaded.id).expect("the same number");
        assert_eq!((&loaded.mail, loaded.created), (&old.mail, old.created));
        assert_eq!((loaded.state, loaded.last_error.as_deref()), (state, Some(error)));
    }
    // What is loaded is the same from then on, and no number is given out again, sent mail of tickets included.
    let written = bench.dump(&second, "b.json").await;
    let third = bench.store("c.db").await;
    load(&third, &[bench.path("b.json")], STRICT).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(bench.dump(&third, "c.json").await, written);
    let mut side = third.side().await.expect("a transaction");
    assert_eq!(side.post_mail(&mail("new"), at).await.expect("posted"), 9);
    assert_eq!(side.open_ticket(&ticket("new", None), SUPPORT, at).await.expect("opened"), Some(4));
}

async fn what_is_no_mail_or_ticket_is_refused(kind: Kind) {
    let bench = Bench::new(kind);
    let mail = json!({
        "id": 1, "created": "2026-01-01T00:00:00Z", "kind": "x", "to": ["a@x.example"], "cc": [], "subject": "s",
        "body": "b", "key": null, "answers": null, "state": "queued", "attempts": 0, "last_error": null,
    });
    let ticket = json!({
        "id": 1, "created": "2026-01-01T00:00:00Z", "kind": "x", "subject": "s", "body": "b", "key": "k",
        "type": "org", "object_id": 1,
    });
    for (section, entry, field, value, told) in [
        ("mails", &mail, "state", json!("sent"), "be one of queued, sending, failed, held"),
        ("mails", &mail, "to", json!("a@x.example"), "be a list of mail addresses"),
        ("mails", &mail, "attempts", json!(-1), "be a number from 0 on"),
        ("mails", &mail, "created", json!("soon"), "be a time such as"),
        ("mails", &mail, "colour", json!("red"), "colour"),
        ("tickets", &ticket, "type", json!("planet"), "be a record type such as net"),
        ("tickets", &ticket, "object_id", json!(null), "be an id beside a type"),
        ("tickets", &ticket, "id", json!(0), "be an integer from 1"),
    ] {
        let mut whole = small();
        let mut entry = entry.clone();
        entry[field] = value;
        whole[section] = json!([entry]);
        let refused = bench.refusal(&[bench.json("in.json", &whole)], STRICT).await;
        assert!(refused.contains(told), "{field}: {refused}");
    }
    let mut whole = small();
    whole["mails"] = json!([mail, mail]);
    let refused = bench.refusal(&[bench.json("in.json", &whole)], STRICT).await;
    assert!(refused.contains("be the id of one mail only"), "{refused}");
}
