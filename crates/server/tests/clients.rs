//! Other people's API clients against the running program: one that is installed and run as it is, and the requests of
//! others with the rules by which they read the answers (automation specification, section 12).
#![cfg(unix)]

mod program;

mod clients {
    mod arouteserver;
    mod ixp_manager;
    mod look_ups;
    mod peering_manager;
    mod peeringdb_plus;
    mod peeringdb_py;
    mod scripts;
    mod site;
    mod sync;
}
