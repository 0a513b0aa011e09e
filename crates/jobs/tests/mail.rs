//! The outbox over a database of either kind, with a mail server that is well, slow, failing or lying.

use std::sync::Arc;
use std::time::Duration;

use jobs::job::{Fault, Job, Running};
use jobs::mail::{ATTEMPTS_MAX, Limits, Outbox, Sender};
use model::Time;
use store::Store;
use store::mail::{Mail, MailState, NewMail};
use testkit::{Bench, FixedClock, Kind, Manner, SmtpFake, on_both_databases};
use tokio::sync::watch;

const FILE: &str = "a.db";
const START: Time = Time(1_800_000_000_000_000);
const MINUTE: i64 = 60 * Time::SECOND;

on_both_databases! {
    mail_leaves_in_order_over_one_connection
    mail_is_sent_once
    what_a_server_refuses_for_now_is_tried_again_later
    attempts_are_bounded
    what_a_server_refuses_for_good_has_failed
    some_recipients_may_be_refused
    no_mail_is_blamed_for_a_server_that_is_away
    a_session_that_the_server_ends_is_followed_by_another_one
    what_may_have_been_taken_is_held_and_not_sent_again
    what_another_process_marked_meanwhile_ends_the_run
    what_was_being_handed_over_when_the_program_died_is_held
    order_is_kept_for_each_address
    a_run_that_is_to_stop_begins_no_mail
    a_mail_with_a_broken_address_fails_by_itself
}

struct Desk {
    server: SmtpFake,
    store: Store,
    clock: Arc<FixedClock>,
    outbox: Outbox,
    bench: Bench,
}

impl Desk {
    async fn new(kind: Kind) -> Desk {
        Desk::within(kind, Limits::default()).await
    }

    /// A test that waits for silence need not wait long; all other steps may take their time.
    async fn within(kind: Kind, limits: Limits) -> Desk {
        let bench = Bench::new(kind);
        let store = bench.store(FILE).await;
        let server = SmtpFake::start().await;
        let clock = Arc::new(FixedClock::at(START));
        let sender = Sender::new("support@directory.example", "directory.example").expect("an address");
        let at = server.url().parse().expect("a server");
        let own: Arc<FixedClock> = Arc::clone(&clock);
        let outbox = Outbox::new(store.clone(), own, at, sender).within(limits);
        Desk { server, store, clock, outbox, bench }
    }

    /// Posts a mail, whose subject is its name.
    async fn post(&self, name: &str, to: &[&str]) -> u32 {
        let mail = NewMail {
            kind: "test".to_owned(),
            to: to.iter().map(|to| (*to).to_owned()).collect(),
            subject: name.to_owned(),
            body: "Hello\n.\nand so on\n".to_owned(),
            ..NewMail::default()
        };
        let mut side = self.store.side().await.expect("a transaction");
        let id = side.post_mail(&mail, START).await.expect("posted");
        side.finish().await.expect("a commit");
        id
    }

    async fn run(&self) -> Result<String, Fault> {
        let (_stop, stopped) = watch::channel(false);
        self.outbox.run(&Running::new(START, stopped)).await
    }

    /// Runs, and tells what the run says.
    async fn told(&self) -> String {
        self.run().await.unwrap_or_else(|fault| panic!("{fault}"))
    }

    async fn mail(&self, id: u32) -> Mail {
        self.store.reader().await.expect("a reader").mail(id).await.expect("an answer").expect("a mail")
    }

    async fn state(&self, id: u32) -> MailState {
        self.mail(id).await.state
    }

    /// The subjects of what the server got.
    fn subjects(&self) -> Vec<String> {
        let subject = |text: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix("Subject: "));
            line.unwrap_or_default().to_owned()
        };
        self.server.received().iter().map(|mail| subject(&mail.text)).collect()
    }

    fn is_wanted_at(&self, micros: i64) -> impl Future<Output = Result<bool, Fault>> {
        self.outbox.is_wanted(Time(START.0 + micros))
    }
}

const ADA: &str = "ada@one.example";
const BOB: &str = "bob@two.example";

async fn mail_leaves_in_order_over_one_connection(kind: Kind) {
    let desk = Desk::new(kind).await;
    assert!(!desk.is_wanted_at(0).await.expect("an answer"));
    for (name, to) in [("a", ADA), ("b", BOB), ("c", ADA)] {
        desk.post(name, &[to]).await;
    }
    assert!(desk.is_wanted_at(0).await.expect("an answer"));
    assert_eq!(desk.told().await, "3 sent");
    assert_eq!(desk.subjects(), ["a", "b", "c"]);
    assert_eq!(desk.server.connections(), 1);
    let first = &desk.server.received()[0];
    assert_eq!(
        (first.from.as_str(), first.to.as_slice()),
        ("support@directory.example", &[ADA.to_owned()][..])
    );
    assert!(first.text.ends_with("\r\n\r\nHello\r\n.\r\nand so on\r\n"), "{}", first.text);
    let mail = desk.mail(1).await;
    assert_eq!(
        (mail.state, mail.sent, mail.attempts, mail.last_error),
        (MailState::Sent, Some(START), 1, None)
    );
    assert!(!desk.is_wanted_at(0).await.expect("an answer"));
}

async fn mail_is_sent_once(kind: Kind) {
    let desk = Desk::new(kind).await;
    desk.post("a", &[ADA]).await;
    assert_eq!(desk.told().await, "1 sent");
    assert_eq!(desk.told().await, "");
    let mut side = desk.store.side().await.expect("a transaction");
    assert!(!side.retry_mail(1, START).await.expect("an answer"), "it was sent");
    side.finish().await.expect("a commit");
    assert_eq!(desk.told().await, "");
    assert_eq!(desk.subjects(), ["a"]);
}

async fn what_a_server_refuses_for_now_is_tried_again_later(kind: Kind) {
    for manner in [
        Manner::AnswersMail("451 later"),
        Manner::AnswersRecipient("ada", "450 greylisted, later"),
        Manner::VanishesAtData,
    ] {
        let desk = Desk::new(kind).await;
        let id = desk.post("a", &[ADA]).await;
        desk.server.behave(manner);
        assert_eq!(desk.told().await, "1 put off", "{manner:?}");
        let mail = desk.mail(id).await;
        assert_eq!(
            (mail.state, mail.attempts, mail.next_attempt.0),
            (MailState::Queued, 1, START.0 + MINUTE)
        );
        let error = mail.last_error.unwrap_or_default();
        assert!(error.contains("later") || manner == Manner::VanishesAtData, "{error}");
        assert!(!desk.is_wanted_at(MINUTE - 1).await.expect("an answer"));
        desk.server.behave(Manner::Well);
        assert_eq!(desk.told().await, "", "it is not tried before its time");
        desk.clock.set(mail.next_attempt);
        assert_eq!(desk.told().await, "1 sent");
        let mail = desk.mail(id).await;
        assert_eq!((mail.state, mail.attempts, mail.last_error), (MailState::Sent, 2, None));
    }
}

async fn attempts_are_bounded(kind: Kind) {
    let desk = Desk::new(kind).await;
    let id = desk.post("a", &[ADA]).await;
    desk.server.behave(Manner::AnswersMail("452 full"));
    for attempt in 1..ATTEMPTS_MAX {
        assert_eq!(desk.told().await, "1 put off", "{attempt}");
        desk.clock.set(desk.mail(id).await.next_attempt);
    }
    assert_eq!(desk.told().await, "1 failed");
    let mail = desk.mail(id).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Failed, ATTEMPTS_MAX));
    let error = mail.last_error.unwrap_or_default();
    assert!(error.starts_with("given up after 12 attempts: ") && error.contains("full"), "{error}");
    // A person may have it tried again.
    desk.server.behave(Manner::Well);
    let mut side = desk.store.side().await.expect("a transaction");
    assert!(side.retry_mail(id, START).await.expect("an answer"));
    side.finish().await.expect("a commit");
    assert_eq!(desk.told().await, "1 sent");
}

async fn what_a_server_refuses_for_good_has_failed(kind: Kind) {
    for manner in [Manner::AnswersMail("554 spam"), Manner::AnswersRecipient("ada", "550 no such spam")] {
        let desk = Desk::new(kind).await;
        let (bad, good) = (desk.post("a", &[ADA]).await, desk.post("b", &[BOB]).await);
        desk.server.behave(manner);
        let told = desk.told().await;
        let both = matches!(manner, Manner::AnswersMail(_));
        assert_eq!(told, if both { "2 failed" } else { "1 sent, 1 failed" });
        assert_eq!(desk.state(bad).await, MailState::Failed);
        assert_eq!(desk.state(good).await == MailState::Failed, both);
        assert!(desk.mail(bad).await.last_error.is_some_and(|error| error.contains("spam")));
        desk.clock.set(Time(START.0 + 1_000_000 * MINUTE));
        assert_eq!(desk.told().await, "", "it is not tried again");
    }
}

async fn some_recipients_may_be_refused(kind: Kind) {
    let desk = Desk::new(kind).await;
    let id = desk.post("a", &[ADA, BOB]).await;
    desk.server.behave(Manner::AnswersRecipient("ada", "550 moved away"));
    assert_eq!(desk.told().await, "1 sent");
    assert_eq!(desk.server.received()[0].to, [BOB]);
    let error = desk.mail(id).await.last_error.unwrap_or_default();
    assert!(error.starts_with("not to ada@one.example: ") && error.contains("moved away"), "{error}");
}

async fn no_mail_is_blamed_for_a_server_that_is_away(kind: Kind) {
    let limits = Limits { connect: Duration::from_millis(50), ..Limits::default() };
    for (manner, limits) in [
        (Manner::Greets("421 busy"), Limits::default()),
        (Manner::Greets("554 go away"), Limits::default()),
        (Manner::Greets("what?"), Limits::default()),
        (Manner::Silent, limits),
        (Manner::AnswersSender("530 log in first"), Limits::default()),
    ] {
        let desk = Desk::within(kind, limits).await;
        let ids = [desk.post("a", &[ADA]).await, desk.post("b", &[BOB]).await];
        desk.server.behave(manner);
        let fault = desk.run().await.expect_err("no server").to_string();
        assert!(fault.starts_with(&desk.server.url()), "{fault}");
        for id in ids {
            let mail = desk.mail(id).await;
            assert_eq!((mail.state, mail.attempts), (MailState::Queued, 0), "{manner:?}");
        }
        assert_eq!(desk.server.connections(), 1, "the second mail did not try");
    }
}

async fn a_session_that_the_server_ends_is_followed_by_another_one(kind: Kind) {
    let desk = Desk::new(kind).await;
    for name in ["a", "b", "c", "d", "e"] {
        desk.post(name, &[ADA]).await;
    }
    desk.server.behave(Manner::TakesNoMoreThan(2, "421 enough for one session"));
    assert_eq!(desk.told().await, "5 sent");
    assert_eq!(desk.subjects(), ["a", "b", "c", "d", "e"]);
    assert_eq!(desk.server.connections(), 3);
    assert_eq!(desk.mail(3).await.attempts, 1);
    // One that takes nothing at all is not asked for ever.
    desk.post("f", &[ADA]).await;
    desk.server.behave(Manner::TakesNoMoreThan(0, "421 busy"));
    desk.run().await.expect_err("no server");
    assert_eq!((desk.server.connections(), desk.mail(6).await.attempts), (4, 0));
}

async fn what_may_have_been_taken_is_held_and_not_sent_again(kind: Kind) {
    let limits = Limits { acknowledge: Duration::from_millis(100), ..Limits::default() };
    for (manner, limits) in [
        (Manner::VanishesAtMail, Limits::default()),
        (Manner::KeepsSilentAtMail, limits),
        (Manner::AnswersMail("hm?"), Limits::default()),
    ] {
        let desk = Desk::within(kind, limits).await;
        let id = desk.post("a", &[ADA]).await;
        desk.server.behave(manner);
        assert_eq!(desk.told().await, "1 held", "{manner:?}");
        let mail = desk.mail(id).await;
        assert_eq!((mail.state, desk.server.received().len()), (MailState::Held, 1));
        let error = mail.last_error.unwrap_or_default();
        assert!(error.starts_with("the mail server may have taken it, and did not say so: "), "{error}");
        desk.server.behave(Manner::Well);
        desk.clock.set(Time(START.0 + 1_000_000 * MINUTE));
        assert_eq!(desk.told().await, "");
        // It does not hold up what comes later, and it is the same mail when a person has it sent again.
        if manner == Manner::VanishesAtMail {
            desk.post("b", &[ADA]).await;
            assert_eq!(desk.told().await, "1 sent");
            let mut side = desk.store.side().await.expect("a transaction");
            assert!(side.retry_mail(id, START).await.expect("an answer"));
            side.finish().await.expect("a commit");
            assert_eq!(desk.told().await, "1 sent");
            let received = desk.server.received();
            assert_eq!(received[0], received[2]);
        }
    }
}

async fn what_was_being_handed_over_when_the_program_died_is_held(kind: Kind) {
    let desk = Desk::new(kind).await;
    let id = desk.post("a", &[ADA]).await;
    let mut side = desk.store.side().await.expect("a transaction");
    assert_eq!(side.take_mail(START).await.expect("an answer").map(|mail| mail.id), Some(id));
    side.finish().await.expect("a commit");
    desk.post("b", &[BOB]).await;
    assert_eq!(desk.told().await, "1 sent, 1 held");
    assert_eq!(desk.state(id).await, MailState::Held);
    assert_eq!(desk.subjects(), ["b"]);
}

async fn what_another_process_marked_meanwhile_ends_the_run(kind: Kind) {
    let limits = Limits { acknowledge: Duration::from_secs(3), ..Limits::default() };
    let desk = Desk::within(kind, limits).await;
    let (id, next) = (desk.post("a", &[ADA]).await, desk.post("b", &[BOB]).await);
    desk.server.behave(Manner::KeepsSilentAtMail);
    let other = async {
        while desk.server.received().is_empty() {
            tokio::task::yield_now().await;
        }
        let mut side = desk.store.side().await.expect("a transaction");
        assert_eq!(side.hold_strays().await.expect("an answer"), 1);
        side.finish().await.expect("a commit");
    };
    let (ran, ()) = tokio::join!(desk.run(), other);
    let fault = ran.expect_err("the mail is no longer its own").to_string();
    assert!(fault.starts_with("another process holds mail 1, "), "{fault}");
    assert_eq!((desk.state(id).await, desk.state(next).await), (MailState::Held, MailState::Queued));
}

async fn order_is_kept_for_each_address(kind: Kind) {
    let desk = Desk::new(kind).await;
    for (name, to) in
        [("a", &[ADA][..]), ("b", &["ADA@one.example", BOB]), ("c", &[BOB]), ("d", &["eve@x.example"])]
    {
        desk.post(name, to).await;
    }
    desk.server.behave(Manner::AnswersRecipient("ada", "450 later"));
    assert_eq!(desk.told().await, "1 sent, 1 put off");
    assert_eq!(desk.subjects(), ["d"], "b waits for a, and c for b");
    desk.server.behave(Manner::Well);
    desk.clock.set(desk.mail(1).await.next_attempt);
    assert_eq!(desk.told().await, "3 sent");
    assert_eq!(desk.subjects(), ["d", "a", "b", "c"]);
}

async fn a_run_that_is_to_stop_begins_no_mail(kind: Kind) {
    let desk = Desk::new(kind).await;
    let id = desk.post("a", &[ADA]).await;
    let (_stop, stopped) = watch::channel(true);
    assert_eq!(desk.outbox.run(&Running::new(START, stopped)).await.expect("done"), "");
    assert_eq!((desk.state(id).await, desk.server.connections()), (MailState::Queued, 0));
}

async fn a_mail_with_a_broken_address_fails_by_itself(kind: Kind) {
    let desk = Desk::new(kind).await;
    let bad = desk.post("a", &["ada@one.example\r\nBcc: eve@x.example"]).await;
    // What is in the database got there somehow.
    desk.post("b", &[ADA]).await;
    desk.bench.run(FILE, "UPDATE mail SET subject = 'b\r\nBcc: eve@x.example' WHERE id = 2").await;
    assert_eq!(desk.told().await, "1 sent, 1 failed");
    assert!(desk.mail(bad).await.last_error.is_some_and(|error| error.contains("is no mail address")));
    assert_eq!(desk.server.received()[0].to, [ADA]);
    assert_eq!(desk.subjects(), ["b  Bcc: eve@x.example"]);
}
