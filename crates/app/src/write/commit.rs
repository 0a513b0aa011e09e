//! Under the write lock: replay, plan, commit, publish.

use std::sync::Arc;

use model::{Tag, Time};
use rules::{Effect, Facts, NextIds, Plan, Policy, Stop};
use store::change::{Header, RowChange};
use store::{Store, Writer};
use tracing::Instrument;

use super::{Attempt, Done, Order, WriteError, Writing, effects};
use crate::directory::App;
use crate::feeds;
use crate::follow::{CHANGES_MAX, Published, as_applied, beside, extended};

/// Carries an order out in a task of its own, which goes on when the caller leaves: what is committed then is
/// published as well.
pub(super) async fn spawned(app: &Arc<App>, order: &Arc<Order>, facts: Facts) -> Result<Attempt, WriteError> {
    let (app, order) = (Arc::clone(app), Arc::clone(order));
    let task = async move {
        match app.writing() {
            Some(writing) => attempt(&app, writing, &order, &facts).await,
            None => Err(WriteError::ReadOnly),
        }
    };
    match tokio::spawn(task.in_current_span()).await {
        Ok(ended) => ended,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The program is ending, and drops what is under way.
            Err(_) => Err(WriteError::Busy),
        },
    }
}

async fn attempt(app: &App, writing: &Writing, order: &Order, facts: &Facts) -> Result<Attempt, WriteError> {
    let _turn = app.turn().lock().await;
    let mut writer = writing.store.writer().await?;
    // Only now: whoever follows the database goes on while we wait for its lock.
    let _one = app.publishing().lock().await;
    let moment = app.now();
    let last = replay(app, &writing.store, &mut writer).await?;
    // Rights that were taken away while the command was on its way are gone.
    app.follow_principals(&writing.store).await?;
    let order = &order.renewed(app)?;
    let before = app.snapshot();
    // Never earlier than what was committed before, whatever the clocks of several machines say.
    let now = moment.max(Time(last.0 + 1));
    let next_ids = next_ids(&mut writer).await?;
    let plan = match order.plan(&before, &writing.policy, facts, now, &next_ids) {
        Ok(plan) => plan,
        Err(Stop::Needs(need)) => return Ok(Attempt::Needs(need)),
        Err(Stop::Rejected(rejection)) => return Err(WriteError::Rejected(rejection)),
    };
    let Plan { rows, subject, followers, effects, extras } = plan;
    let done = |seq, shown| {
        Ok(Attempt::Done(Box::new(Done { seq, subject, extras, before: Arc::clone(&before), shown })))
    };
    if rows.is_empty() && effects.is_empty() {
        return done(before.sequence(), Arc::clone(&before));
    }
    let rows: Vec<RowChange> = rows.into_iter().map(RowChange::Put).collect();
    let next = before.sequence() + 1;
    let records: Vec<_> = rows.iter().map(RowChange::record).collect();
    let after = Arc::new(before.apply(rows.iter().cloned().map(as_applied), next));
    let touches = feeds::touches(&before, &after, &records);
    let stored = touches.as_deref().map(catalog::feed::write);
    let seq = commit(writer, order, &writing.policy, now, &rows, &effects, stored.as_deref()).await?;
    debug_assert_eq!(seq, next, "all that was committed before was replayed");
    let own = rows.len() - followers;
    let shown = Arc::new(before.apply(rows[..own].iter().cloned().map(as_applied), seq));
    app.publish(Published { snapshot: after, told: vec![(seq, now, touches)] });
    app.current_at(moment);
    done(seq, shown)
}

/// Brings what is published up to the database, whose lock is held. Gives the time of the newest change.
async fn replay(app: &App, store: &Store, writer: &mut Writer) -> Result<Time, WriteError> {
    let position = writer.log_end().await?;
    let published = app.snapshot();
    if !app.shows(&position.installation) || position.sequence < published.sequence() {
        tracing::warn!("the database was restored or replaced: reading everything again");
        app.reload(store).await?;
        return Ok(position.at);
    }
    let mut snapshot = published;
    while snapshot.sequence() < position.sequence {
        let changes = writer.changes(snapshot.sequence(), CHANGES_MAX).await?;
        let beside = beside(&changes);
        let Some(next) = extended(&snapshot, changes) else {
            tracing::warn!(from = snapshot.sequence(), "the log has a gap: reading everything again");
            app.reload(store).await?;
            return Ok(position.at);
        };
        snapshot = Arc::clone(&next.snapshot);
        app.remember(&beside, &next);
        app.publish(next);
    }
    Ok(position.at)
}

async fn next_ids(writer: &mut Writer) -> Result<NextIds, WriteError> {
    let highest = writer.highest_ids().await?;
    let full = |tag: Tag| store::Error::Corrupt {
        table: tag.as_str(),
        id: i64::from(u32::MAX),
        column: "id",
        why: "leaves no room for another record",
    };
    let mut next = [0; 13];
    for tag in Tag::ALL {
        next[tag.index()] = highest[tag.index()].checked_add(1).ok_or_else(|| full(tag))?;
    }
    Ok(NextIds(next))
}

/// Commits a change, and gives its number.
pub(super) async fn commit(
    mut writer: Writer,
    order: &Order,
    policy: &Policy,
    now: Time,
    rows: &[RowChange],
    effects: &[Effect],
    touches: Option<&str>,
) -> Result<u64, WriteError> {
    let header = Header {
        at: now,
        actor: order.actor.clone(),
        origin: order.origin,
        command_id: order.command_id.clone(),
    };
    if let Some(seq) = writer.start(&header).await? {
        // Nobody but this attempt knows the name, unless the same number was drawn before.
        tracing::error!(seq, command_id = order.command_id, "a change has the name of this command already");
        return Err(WriteError::Unsettled);
    }
    writer.apply(rows).await?;
    if let Some(touches) = touches {
        writer.put_touched(touches).await?;
    }
    for effect in effects {
        effects::carry_out(&mut writer, order, policy, now, effect).await?;
    }
    Ok(writer.finish().await?.seq)
}
