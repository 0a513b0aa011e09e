//! Commands for tests of what databases do with them.

use model::Time;
use model::records::Org;
use store::change::{Actor, ChangeSet, Header, Origin, RowChange};

/// A command of the program itself, at a time that never changes.
pub fn change_set(command: &str, rows: Vec<RowChange>) -> ChangeSet {
    let header =
        Header { at: Time(5), actor: Actor::SYSTEM, origin: Origin::Cli, command_id: command.to_owned() };
    ChangeSet { header, rows }
}

/// A command that makes an organization, or gives it another name.
pub fn name_org(command: &str, id: u32, name: &str) -> ChangeSet {
    let org = Org { id, name: name.into(), ..Default::default() };
    change_set(command, vec![RowChange::Put(org.into())])
}
