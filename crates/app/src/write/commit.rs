//! Under the locks: plan, commit, publish.

use std::sync::Arc;

use model::{AnyRecord, Tag, Time};
use rules::{Effect, Facts, NextIds, Plan, Policy, Stop};
use store::Writer;
use store::change::{Header, RowChange};

use super::{ATTEMPT_MAX, Attempt, Done, Exclusive, Order, WriteError, Writing, detached, effects};
use crate::directory::App;
use crate::feeds;
use crate::follow::{Published, as_applied};

/// Carries an order out in a task of its own.
pub(super) async fn spawned(app: &Arc<App>, order: &Arc<Order>, facts: Facts) -> Result<Attempt, WriteError> {
    let (app, order) = (Arc::clone(app), Arc::clone(order));
    detached(async move {
        let writing = app.writing().ok_or(WriteError::ReadOnly)?;
        let attempt = tokio::time::timeout(ATTEMPT_MAX, attempt(&app, writing, &order, &facts));
        // What the database makes of it all the same is published by who follows it.
        attempt.await.unwrap_or(Err(WriteError::Silent))
    })
    .await
}

async fn attempt(app: &App, writing: &Writing, order: &Order, facts: &Facts) -> Result<Attempt, WriteError> {
    let Exclusive { turn: _turn, mut writer, publishing: _one, moment, last } =
        app.exclusive(writing).await?;
    let order = &order.renewed(app)?;
    if let Some(promise) = &order.promise
        && let Some(kept) = writer.kept_answer(&promise.owner, &promise.name, moment).await?
    {
        return Ok(Attempt::Before(kept));
    }
    let before = app.snapshot();
    // Never earlier than what was committed before, whatever the clocks of several machines say.
    let now = moment.max(Time(last.0 + 1));
    let next_ids = next_ids(&mut writer).await?;
    let plan = match order.plan(&before, &writing.policy, facts, now, &next_ids) {
        Ok(plan) => plan,
        Err(Stop::Needs(need)) => return Ok(Attempt::Needs(need)),
        Err(Stop::Rejected(rejection)) => return Err(WriteError::Rejected(rejection)),
    };
    let Plan { rows, purged, subject, followers, effects, extras } = plan;
    let nothing = rows.is_empty() && purged.is_empty() && effects.is_empty();
    let own = rows.len() - followers + purged.len();
    let rows = row_changes(rows, purged, followers);
    let (seq, shown) = if nothing {
        (before.sequence(), Arc::clone(&before))
    } else {
        // All that was committed before was replayed.
        let seq = before.sequence() + 1;
        (seq, Arc::new(before.apply(rows[..own].iter().cloned().map(as_applied), seq)))
    };
    let done = Box::new(Done { seq, subject, extras, before: Arc::clone(&before), shown });
    if let Some(promise) = &order.promise {
        writer.keep_answer(&promise.answer(&done, now), now).await?;
    }
    if nothing {
        if order.promise.is_some() {
            writer.finish().await?;
        }
        return Ok(Attempt::Done(done));
    }
    let records: Vec<_> = rows.iter().map(RowChange::record).collect();
    let after = Arc::new(before.apply(rows.iter().cloned().map(as_applied), seq));
    let touches = feeds::touches(&before, &after, &records);
    let stored = touches.as_deref().map(catalog::feed::write);
    let planned = Planned { rows: &rows, effects: &effects, touches: stored.as_deref() };
    let committed = commit(writer, order, &writing.policy, now, planned).await?;
    debug_assert_eq!(committed, seq, "the number that the answer tells");
    app.publish(Published { snapshot: after, told: vec![(seq, now, touches)] });
    app.current_at(moment);
    if effects.iter().any(|effect| matches!(effect, Effect::Disband { .. })) {
        // It is committed: whoever follows learns of it a moment later, should this fail.
        if let Err(error) = app.take_in(&writing.store).await {
            tracing::warn!(%error, "people and keys are read again later");
        }
    }
    Ok(Attempt::Done(done))
}

/// The rows of a plan in the order in which they are written: removals stand before what only follows from the change.
fn row_changes(rows: Vec<AnyRecord>, purged: Vec<(Tag, u32)>, followers: usize) -> Vec<RowChange> {
    let own = rows.len() - followers;
    let mut rows: Vec<RowChange> = rows.into_iter().map(RowChange::Put).collect();
    rows.splice(own..own, purged.into_iter().map(|(tag, id)| RowChange::Purge { tag, id }));
    rows
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

/// What is written as one change.
pub(super) struct Planned<'a> {
    pub(super) rows: &'a [RowChange],
    pub(super) effects: &'a [Effect],
    /// What it does to public lists; of [`catalog::feed::write`].
    pub(super) touches: Option<&'a str>,
}

/// Commits a change, and gives its number.
pub(super) async fn commit(
    mut writer: Writer,
    order: &Order,
    policy: &Policy,
    now: Time,
    planned: Planned<'_>,
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
    // Before the rows: what refers to an organization goes before it does.
    for effect in planned.effects {
        effects::carry_out(&mut writer, order, policy, now, effect).await?;
    }
    writer.apply(planned.rows).await?;
    if let Some(touches) = planned.touches {
        writer.put_touched(touches).await?;
    }
    Ok(writer.finish().await?.seq)
}
