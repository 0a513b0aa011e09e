//! The people of an organization: who they are, and changing that (accounts specification, 17).
//!
//! What is asked for is decided on what is published first, and again under the write lock of the database, on what
//! is true then. The change is a transaction of its own. The people that it leads to are published before the lock
//! is let go, so that a right that was taken away is gone with the next request.

mod decide;
mod domains;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use model::Time;
use model::directory::{OrgRole, User};
use store::change::Origin;
use store::members::MemberChange;

pub use self::decide::{Asked, Deed, Refusal};
use self::decide::{decide, may_see};
use crate::directory::App;
use crate::principals::{Identity, Principals};
use crate::write::{ATTEMPT_MAX, Exclusive, WriteError, Writing, detached};

/// One of an organization's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Id of the account.
    pub id: u32,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Whether the account may be used.
    pub is_active: bool,
    /// When the account was made, as far as that is known.
    pub joined: Option<Time>,
    /// `ok` or `pending`.
    pub status: String,
    /// What the person is in the organization.
    pub role: OrgRole,
}

impl Member {
    fn of(user: &User, org: u32) -> Option<Member> {
        Some(Member {
            id: user.id,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            is_active: user.is_active,
            joined: user.created,
            status: user.status.clone(),
            role: user.role_in(org)?,
        })
    }
}

/// A deed with who asks for it.
#[derive(Clone, Debug)]
pub struct Order {
    /// What is wanted.
    pub asked: Asked,
    /// Who wants it.
    pub identity: Identity,
    /// Through which door it came in.
    pub origin: Origin,
    /// The address that it came from.
    pub address: Option<IpAddr>,
}

/// Why an organization's people were not changed.
#[derive(Debug)]
pub enum MembersError {
    /// A rule refuses it.
    Refused(Refusal),
    /// It cannot be carried out now.
    Failed(WriteError),
}

impl fmt::Display for MembersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MembersError::Refused(_) => f.write_str("a rule refuses it"),
            MembersError::Failed(_) => f.write_str("it cannot be carried out"),
        }
    }
}

impl std::error::Error for MembersError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            MembersError::Refused(refusal) => Some(refusal),
            MembersError::Failed(error) => Some(error),
        }
    }
}

impl From<Refusal> for MembersError {
    fn from(refusal: Refusal) -> MembersError {
        MembersError::Refused(refusal)
    }
}

impl From<WriteError> for MembersError {
    fn from(error: WriteError) -> MembersError {
        MembersError::Failed(error)
    }
}

impl From<store::Error> for MembersError {
    fn from(error: store::Error) -> MembersError {
        MembersError::Failed(error.into())
    }
}

impl App {
    /// The people of an organization, by id.
    ///
    /// # Errors
    /// When the caller may not see them.
    pub fn members(&self, org: u32, identity: &Identity) -> Result<Vec<Member>, Refusal> {
        let principals = self.principals();
        may_see(&principals, self.snapshot().record(model::Tag::Org, org), identity)?;
        Ok(principals.people_of(org).filter_map(|user| Member::of(user, org)).collect())
    }

    /// Changes who belongs to an organization. When this returns, the change is on disk, and counts in this process.
    /// Gives the person as the organization knows it now; `None` for one who is no member any more.
    ///
    /// A caller who no longer waits does not stop what has begun.
    ///
    /// # Errors
    /// When a rule refuses it, or it cannot be carried out now. Nothing has changed then, but for
    /// [`WriteError::Unknown`].
    pub async fn change_members(self: &Arc<App>, order: Order) -> Result<Option<Member>, MembersError> {
        let writing = self.writing().ok_or(WriteError::ReadOnly)?;
        let shown = self.shown();
        if let Err(refusal) = self.decided(&order, &order.identity) {
            // What is published may lack what others committed a moment ago.
            if order.identity.key.is_none() || !self.moved_past(shown, writing).await {
                return Err(refusal.into());
            }
            self.decided(&order, &order.identity)?;
        }
        let app = Arc::clone(self);
        detached(async move {
            let writing = app.writing().ok_or(WriteError::ReadOnly)?;
            let done = tokio::time::timeout(ATTEMPT_MAX, carry_out(&app, writing, &order));
            done.await.unwrap_or_else(|_| Err(WriteError::Silent.into()))
        })
        .await
    }

    /// What the order comes to on what is published.
    fn decided(&self, order: &Order, identity: &Identity) -> Result<MemberChange, Refusal> {
        let org = order.asked.org;
        decide(&self.principals(), self.snapshot().record(model::Tag::Org, org), identity, &order.asked)
    }
}

async fn carry_out(app: &App, writing: &Writing, order: &Order) -> Result<Option<Member>, MembersError> {
    let Exclusive { turn: _turn, mut writer, publishing: _one, moment, .. } = app.exclusive(writing).await?;
    let identity = app.renewed(&order.identity).map_err(WriteError::Refused)?;
    let change = app.decided(order, &identity)?;
    let member = |principals: &Principals| {
        principals.user_by_id(change.user_id).and_then(|user| Member::of(user, change.org_id))
    };
    if change.former == change.role {
        return Ok(member(&app.principals()));
    }
    let mut actor = identity.actor;
    actor.address = order.address.map(|address| address.to_string());
    writer.change_member(&change, moment, &actor, order.origin).await?;
    // Read before the commit: should it fail, nothing has changed.
    let principals = Principals::new(writer.people().await?);
    let sequence = writer.principals_sequence().await?;
    writer.finish().await?;
    let member = member(&principals);
    app.publish_principals(principals, sequence);
    Ok(member)
}
