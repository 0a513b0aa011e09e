use std::time::Duration;

use model::directory::People;
use model::records::Org;
use model::{Tag, Time};
use rules::{Action, Command, Effect, Policy, Ticket};
use store::Store;
use store::change::{Origin, RowChange};
use store::mail::Mail;
use testkit::{Bench, Kind, on_both_databases};

use super::super::{Order, Request, WriteError, commit};
use super::carry_out;
use crate::principals::Principals;

const FILE: &str = "a.db";
const HOUR: Duration = Duration::from_secs(3600);

on_both_databases! {
    ticket_and_mail_come_with_the_change
    without_the_change_there_is_neither
    one_matter_is_one_ticket_for_a_while
    what_nobody_was_told_yet_is_taken_back
    the_support_is_told_that_nothing_is_left_to_do
}

fn order(command_id: &str) -> Order {
    let command = Command::Act(Action::RequestImport { ix: 1 });
    let mut identity = Principals::new(People::default()).anonymous();
    identity.actor.id = Some(7);
    identity.emails.push("ada@one.example".to_owned());
    Order::of(Request { command, identity, origin: Origin::Api, address: None }, command_id.to_owned())
}

fn policy() -> Policy {
    Policy { desk: "help@directory.example".to_owned(), ..Policy::default() }
}

fn ticket(subject: &str) -> Effect {
    Effect::Ticket(Ticket {
        kind: "queue",
        subject: subject.to_owned(),
        body: "It waits for approval.".to_owned(),
        about: (Tag::Org, 1),
        once_per: None,
    })
}

fn org(id: u32, name: &str) -> RowChange {
    RowChange::Put(Org { id, name: name.into(), ..Org::default() }.into())
}

async fn change(
    store: &Store,
    command_id: &str,
    at: i64,
    row: RowChange,
    effects: &[Effect],
) -> Result<u64, WriteError> {
    let writer = store.writer().await.expect("the lock");
    let planned = commit::Planned { rows: &[row], effects, touches: None };
    commit::commit(writer, &order(command_id), &policy(), Time(at), planned).await
}

async fn tickets(store: &Store) -> Vec<store::ticket::Ticket> {
    store.reader().await.expect("a reader").tickets(true).await.expect("tickets")
}

async fn mails(store: &Store) -> Vec<Mail> {
    let mut mails = store.reader().await.expect("a reader").mails(None, 100).await.expect("mails");
    mails.reverse();
    mails
}

async fn ticket_and_mail_come_with_the_change(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let seq = change(&store, "a", 5, org(1, "One"), &[ticket("Org - One\r\nBcc: x@y.example")]).await;
    assert_eq!(seq.expect("a change"), 1);
    let (tickets, mails) = (tickets(&store).await, mails(&store).await);
    let [ticket] = tickets.as_slice() else { panic!("{tickets:?}") };
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!((ticket.about, ticket.created, ticket.mail), (Some((Tag::Org, 1)), Time(5), Some(mail.id)));
    assert_eq!(
        (ticket.requester.user, ticket.requester.email.as_deref()),
        (Some(7), Some("ada@one.example"))
    );
    assert_eq!(mail.mail.to, ["help@directory.example"]);
    assert_eq!(mail.mail.subject, format!("[#{}] Org - One  Bcc: x@y.example", ticket.id));
    for line in
        ["It waits for approval.\n", "\nAbout: org 1\n", "\nUser: 7\n", "\nMail address: ada@one.example\n"]
    {
        assert!(mail.mail.body.contains(line), "{line:?}: {}", mail.mail.body);
    }
}

async fn without_the_change_there_is_neither(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    change(&store, "a", 5, org(1, "One"), &[]).await.expect("a change");
    let taken = change(&store, "b", 6, org(2, "óne"), &[ticket("Org - Two")]).await;
    assert!(matches!(taken, Err(WriteError::Rejected(_))), "{taken:?}");
    // The effect was carried out, and then the change was not.
    let mut writer = store.writer().await.expect("the lock");
    carry_out(&mut writer, &order("c"), &policy(), Time(7), &ticket("Org - One")).await.expect("an effect");
    writer.abandon().await.expect("given back");
    assert_eq!((tickets(&store).await.len(), mails(&store).await.len()), (0, 0));
}

async fn one_matter_is_one_ticket_for_a_while(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    let effect = |kind, id| {
        Effect::Ticket(Ticket {
            kind,
            subject: "Refused".to_owned(),
            body: String::new(),
            about: (Tag::Org, id),
            once_per: Some(HOUR),
        })
    };
    let hour = HOUR.as_micros() as i64;
    for (command, at, effect) in [
        ("a", 10, effect("protected", 1)),
        ("b", 10 + hour - 1, effect("protected", 1)),
        ("c", 11 + hour, effect("protected", 2)),
        ("d", 11 + hour, effect("queue", 1)),
        ("e", 12 + hour, effect("protected", 1)),
    ] {
        change(&store, command, at, org(1, command), &[effect]).await.expect("a change");
    }
    let opened: Vec<i64> = tickets(&store).await.iter().map(|ticket| ticket.created.0).collect();
    assert_eq!(opened, [10, 11 + hour, 11 + hour, 12 + hour]);
    assert_eq!(mails(&store).await.len(), 4);
}

async fn what_nobody_was_told_yet_is_taken_back(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    change(&store, "a", 5, org(1, "One"), &[ticket("Org - One")]).await.expect("a change");
    let close = [Effect::CloseTicket(Tag::Org, 1), Effect::CloseTicket(Tag::Net, 1)];
    change(&store, "b", 6, org(1, "Uno"), &close).await.expect("a change");
    let tickets = tickets(&store).await;
    assert_eq!((tickets[0].close_requested, tickets[0].closed), (Some(Time(6)), Some(Time(6))));
    assert_eq!(mails(&store).await, []);
}

async fn the_support_is_told_that_nothing_is_left_to_do(kind: Kind) {
    let bench = Bench::new(kind);
    let store = bench.store(FILE).await;
    change(&store, "a", 5, org(1, "One"), &[ticket("Org - One")]).await.expect("a change");
    bench.run(FILE, "UPDATE mail SET state = 'sent', sent = 5").await;
    for (command, at) in [("b", 6), ("c", 7)] {
        let close = [Effect::CloseTicket(Tag::Org, 1)];
        change(&store, command, at, org(1, command), &close).await.expect("a change");
    }
    let (tickets, mails) = (tickets(&store).await, mails(&store).await);
    assert_eq!((tickets[0].close_requested, tickets[0].closed), (Some(Time(6)), None));
    let [first, second] = mails.as_slice() else { panic!("once: {mails:?}") };
    assert_eq!((second.mail.answers, second.created), (Some(first.id), Time(6)));
    assert_eq!(second.mail.subject, format!("Re: [#{}] Org - One", tickets[0].id));
    let mut side = store.side().await.expect("a transaction");
    assert!(side.close_ticket(tickets[0].id, Time(9)).await.expect("closed"));
    assert!(!side.close_ticket(tickets[0].id, Time(10)).await.expect("an answer"));
    side.finish().await.expect("a commit");
    let reader = &mut store.reader().await.expect("a reader");
    assert_eq!(reader.tickets(false).await.expect("tickets"), []);
}

#[test]
fn a_key_of_an_organization_is_named() {
    let mut order = order("a");
    order.identity.actor.kind = store::change::ActorKind::OrgKey;
    order.identity.key = Some("prefix00".to_owned());
    let requester = super::requester(&order);
    assert_eq!((requester.user, requester.org_key.as_deref()), (None, Some("prefix00")));
}
