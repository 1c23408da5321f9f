//! Room for sockets. A caller's voice takes two and a position one; systems give a process 1,024
//! open files unless it asks for more.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Asks for as many open files as this process may have. Refused, calls beyond what there is room
/// for are answered later, when others have ended.
pub(crate) fn ask_for_all() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    if let Err(why) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!("{current:?} open files and no more: {why}");
    }
}
