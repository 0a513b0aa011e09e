//! A lifelike directory from a seed: organizations, networks, exchanges, facilities and all that joins them, with the
//! skew of the real world, names in many scripts, and nothing in it that belongs to anybody.
//!
//! Nothing here reads a clock or draws randomness of its own: the same scale, seed and time give the same directory.
//!
//! Names are put together from word lists of our own, AS numbers are private or for documentation,
//! addresses come from ranges that no exchange uses, hosts and mailboxes are below the `example` domains, and
//! telephone numbers are those of films. Only cities and countries are real.

mod carriers;
mod contacts;
mod dice;
mod exchanges;
mod finish;
mod lans;
mod life;
mod links;
mod names;
mod networks;
mod owners;
mod people;
mod ports;
mod sites;
mod sizes;
mod texts;
mod words;
mod world;

#[cfg(test)]
mod tests;

pub use people::{Account, OrganizationKey, accounts, organization_keys};
pub use sizes::Scale;

use model::Time;
use model::directory::Directory;
use sizes::Sizes;
use world::World;

/// Makes a directory; `now` is the time that its newest record carries.
///
/// Its accounts and keys follow from the seed ([`accounts`], [`organization_keys`]): whoever knows the seed can sign
/// in. A demonstration that others can reach needs a seed that they do not know.
pub fn generate(scale: Scale, seed: u64, now: Time) -> Directory {
    build(Sizes::of(scale), seed, now)
}

fn build(sizes: Sizes, seed: u64, now: Time) -> Directory {
    let mut world = World::new(sizes, seed, now);
    owners::make(&mut world);
    sites::make(&mut world);
    sites::make_campuses(&mut world);
    exchanges::make(&mut world);
    networks::make(&mut world);
    carriers::make(&mut world);
    ports::make(&mut world);
    links::make_ixfacs(&mut world);
    links::make_netfacs(&mut world);
    links::make_carrierfacs(&mut world);
    ports::join_sides(&mut world);
    contacts::make(&mut world);
    finish::derive(&mut world);
    finish::assemble(world)
}
