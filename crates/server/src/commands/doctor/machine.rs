//! The machine: limits, memory, disk, and the rights of files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::listener::Limits;

use super::Finding;

/// Files beside those of clients' connections: the database, outgoing requests, logs.
const OTHER_FILES: u64 = 100;

/// What the program takes with a directory as large as the real one, and what it needs while it starts.
const MEMORY: u64 = 1 << 30;

/// Room below which a write may soon fail.
const ROOM: u64 = 1 << 30;
const ROOM_MIN: u64 = 100 << 20;

/// Looks at what every installation needs of its machine.
pub(super) fn check() -> Vec<Finding> {
    open_files().into_iter().chain(memory()).collect()
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

/// None where the system tells none.
fn open_files() -> Option<Finding> {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        Some(judge_open_files(limit.unwrap_or(u64::MAX)))
    }
    #[cfg(not(unix))]
    None
}

fn judge_open_files(limit: u64) -> Finding {
    const WHAT: &str = "open files";
    let connections = Limits::default().connections as u64;
    let needed = connections + OTHER_FILES;
    if limit >= needed {
        return Finding::ok(WHAT, format!("up to {limit}, enough for {connections} connections"));
    }
    let detail = format!("up to {limit}, too few for {connections} connections");
    Finding::warn(
        WHAT,
        detail,
        format!("raise the limit to {needed} or more (systemd: LimitNOFILE={needed})"),
    )
}

/// None where the system tells nothing.
fn memory() -> Option<Finding> {
    let free = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text))?;
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit = group.and_then(|text| text.trim().parse().ok()).unwrap_or(u64::MAX);
    Some(judge_memory(free.min(limit)))
}

/// What `/proc/meminfo` calls available, in bytes.
fn available(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

fn judge_memory(free: u64) -> Finding {
    const WHAT: &str = "memory";
    let detail = format!("{} available", mebibytes(free));
    if free >= MEMORY {
        return Finding::ok(WHAT, detail);
    }
    let remedy = format!("give the machine more: a directory of full size takes up to {}", mebibytes(MEMORY));
    Finding::warn(WHAT, detail, remedy)
}

/// Looks at the file of a database and at the folder that it lies in.
pub(super) fn check_file(path: &Path) -> Vec<Finding> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[cfg(unix)]
    {
        let findings = [rights(path, folder), writable(folder), room(folder), file_system(folder)];
        findings.into_iter().flatten().collect()
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Vec::new()
    }
}

/// The database and the files that SQLite keeps beside it hold contacts and hashes. None when it is not there.
#[cfg(unix)]
fn rights(path: &Path, folder: &Path) -> Option<Finding> {
    path.metadata().ok()?;
    let beside = ["", "-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        name
    });
    let open = beside.iter().map(Path::new).filter(|name| mode(name).is_some_and(|mode| mode & 0o006 != 0));
    Some(judge_rights(&open.collect::<Vec<_>>(), closed_by(folder).as_deref()))
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).ok().map(|data| data.permissions().mode())
}

/// The folder on the way to this one that lets no other user in: whatever the rights of the files behind it say,
/// others cannot reach them.
#[cfg(unix)]
fn closed_by(folder: &Path) -> Option<PathBuf> {
    let whole = folder.canonicalize().ok()?;
    let closed = |folder: &&Path| mode(folder).is_some_and(|mode| mode & 0o001 == 0);
    whole.ancestors().find(closed).map(Path::to_owned)
}

fn judge_rights(open: &[&Path], closed_by: Option<&Path>) -> Finding {
    const WHAT: &str = "file rights";
    match (open, closed_by) {
        ([], _) => Finding::ok(WHAT, "closed to other users of the machine"),
        (_, Some(folder)) => Finding::ok(
            WHAT,
            format!("closed to other users of the machine, whom {} does not let in", folder.display()),
        ),
        (open, None) => {
            let names: Vec<_> = open.iter().map(|name| name.display().to_string()).collect();
            let names = names.join(" ");
            let detail = format!(
                "every user of the machine may read or write {names}, which hold contacts and hashes"
            );
            Finding::fail(WHAT, detail, format!("chmod 600 {names}"))
        }
    }
}

/// None when the folder is not there, which the database tells.
#[cfg(unix)]
fn writable(folder: &Path) -> Option<Finding> {
    use std::os::unix::fs::MetadataExt;
    let data = folder.metadata().ok()?;
    let access = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK);
    let owner = Owner {
        id: data.uid(),
        is_me: data.uid() == rustix::process::getuid().as_raw(),
        // To make a file takes both.
        may_write: data.mode() & 0o300 == 0o300,
    };
    Some(judge_folder(&folder.display().to_string(), &owner, access.map_err(|error| error.to_string())))
}

/// Whose a folder is.
struct Owner {
    id: u32,
    /// Whether it is whoever runs this.
    is_me: bool,
    /// Whether its owner may make files in it.
    may_write: bool,
}

fn judge_folder(shown: &str, owner: &Owner, access: Result<(), String>) -> Finding {
    const WHAT: &str = "folder";
    let Err(error) = access else { return Finding::ok(WHAT, format!("{shown} can be written")) };
    // The server may well run as another user than whoever examines it.
    if !owner.is_me && owner.may_write {
        let id = owner.id;
        let detail = format!("{shown} belongs to the user {id}, who can write it; the user who asks cannot");
        return Finding::warn(
            WHAT,
            detail,
            format!("run this as the user that serves: sudo -u '#{id}' peeringd doctor"),
        );
    }
    let detail = format!("{shown} cannot be written: {error}");
    Finding::fail(WHAT, detail, "SQLite makes files beside the database: make the folder the user's own")
}

/// None when the folder is not there, which the database tells.
#[cfg(unix)]
fn room(folder: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(judge_room(disk.f_bavail.saturating_mul(disk.f_frsize)))
}

fn judge_room(free: u64) -> Finding {
    const WHAT: &str = "disk";
    let detail = format!("{} free", mebibytes(free));
    let remedy = "make room: a full disk refuses every write";
    if free < ROOM_MIN {
        return Finding::fail(WHAT, detail, remedy);
    }
    if free < ROOM {
        return Finding::warn(WHAT, detail, remedy);
    }
    Finding::ok(WHAT, detail)
}

/// None where the system does not tell.
#[cfg(unix)]
fn file_system(folder: &Path) -> Option<Finding> {
    #[cfg(target_os = "linux")]
    {
        let found = rustix::fs::statfs(folder).ok()?;
        Some(judge_file_system(u64::try_from(found.f_type).unwrap_or_default() & u64::from(u32::MAX)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        None
    }
}

/// Numbers of file systems that lie on another machine (statfs(2)).
const REMOTE: [(u64, &str); 6] = [
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x517b, "SMB"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
];

/// Those that may, or that forget.
const DOUBTFUL: [(u64, &str, &str); 3] = [
    (0x6573_5546, "FUSE", "which may lie on another machine"),
    (0x0102_1997, "9p", "which lies on the host of a virtual machine"),
    (0x0102_1994, "tmpfs", "which lies in memory and is gone with the machine"),
];

fn judge_file_system(number: u64) -> Finding {
    const WHAT: &str = "file system";
    let remedy = "put the database on a disk of this machine, or use PostgreSQL";
    if let Some((_, name)) = REMOTE.iter().find(|(known, _)| *known == number) {
        let detail = format!("{name}, on which the locks of SQLite do not hold");
        return Finding::fail(WHAT, detail, remedy);
    }
    match DOUBTFUL.iter().find(|(known, ..)| *known == number) {
        Some((_, name, why)) => Finding::warn(WHAT, format!("{name}, {why}"), remedy),
        None => Finding::ok(WHAT, "of this machine"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Grade;

    #[test]
    fn files_are_enough_for_all_connections() {
        assert_eq!(judge_open_files(1024).grade, Grade::Warn);
        assert_eq!(judge_open_files(10_099).grade, Grade::Warn);
        assert_eq!(judge_open_files(10_100).grade, Grade::Ok);
    }

    #[test]
    fn memory_is_read_and_judged() {
        let text = "MemTotal:       16000000 kB\nMemAvailable:    1048576 kB\n";
        assert_eq!(available(text), Some(1 << 30));
        assert_eq!(available("MemTotal: 1 kB\n"), None);
        assert_eq!(judge_memory(1 << 30).grade, Grade::Ok);
        assert_eq!(judge_memory((1 << 30) - 1).grade, Grade::Warn);
    }

    #[test]
    fn room_is_judged() {
        for (free, grade) in [(ROOM_MIN - 1, Grade::Fail), (ROOM - 1, Grade::Warn), (ROOM, Grade::Ok)] {
            assert_eq!(judge_room(free).grade, grade);
        }
    }

    #[test]
    fn open_files_are_a_fault_where_others_can_reach_them() {
        let (file, folder) = (Path::new("a.db"), Path::new("/var/lib/private"));
        for (open, closed_by, grade) in [
            (&[][..], None, Grade::Ok),
            (&[][..], Some(folder), Grade::Ok),
            (&[file][..], Some(folder), Grade::Ok),
            (&[file][..], None, Grade::Fail),
        ] {
            assert_eq!(judge_rights(open, closed_by).grade, grade, "{open:?} {closed_by:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_closed_folder_on_the_way_closes_what_is_in_it() {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        let outer = tempfile::tempdir().expect("a folder");
        let inner = outer.path().canonicalize().expect("a path").join("inner");
        fs::DirBuilder::new().mode(0o755).create(&inner).expect("a folder");
        let set =
            |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("rights");
        let outer = inner.parent().expect("a parent");
        set(outer, 0o700);
        set(&inner, 0o755);
        assert_eq!(closed_by(&inner).as_deref(), Some(outer));
        set(&inner, 0o750);
        assert_eq!(closed_by(&inner), Some(inner.clone()), "the nearest one is told");
        // Who may list a folder and not enter it reaches no file.
        set(&inner, 0o704);
        assert_eq!(closed_by(&inner), Some(inner.clone()));
        set(outer, 0o711);
        set(&inner, 0o701);
        assert_ne!(closed_by(&inner).as_deref(), Some(outer));
        assert_ne!(closed_by(&inner), Some(inner));
    }

    #[test]
    fn a_folder_of_another_user_is_no_fault() {
        let owner = |is_me, may_write| Owner { id: 997, is_me, may_write };
        let denied = || Err("Permission denied".to_owned());
        for (owner, access, grade) in [
            (owner(true, true), Ok(()), Grade::Ok),
            (owner(false, true), Ok(()), Grade::Ok),
            (owner(true, true), denied(), Grade::Fail),
            (owner(true, false), denied(), Grade::Fail),
            (owner(false, false), denied(), Grade::Fail),
            (owner(false, true), denied(), Grade::Warn),
        ] {
            let found = judge_folder("data", &owner, access);
            assert_eq!(found.grade, grade, "{} {}", owner.is_me, owner.may_write);
        }
    }

    #[test]
    fn file_systems_of_other_machines_are_refused() {
        for (number, grade) in [
            (0x6969, Grade::Fail),
            (0xfe53_4d42, Grade::Fail),
            (0x6573_5546, Grade::Warn),
            (0xef53, Grade::Ok),
        ] {
            assert_eq!(judge_file_system(number).grade, grade, "{number:x}");
        }
    }
}
