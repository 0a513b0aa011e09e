//! The machine: limits, memory, disk, and the rights of files.

use std::fs;
use std::path::Path;

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
        rights(path)
            .into_iter()
            .chain([writable(folder)])
            .chain(room(folder))
            .chain(file_system(folder))
            .collect()
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Vec::new()
    }
}

/// The database and the files that SQLite keeps beside it hold contacts and hashes. None when it is not there.
#[cfg(unix)]
fn rights(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    const WHAT: &str = "file rights";
    path.metadata().ok()?;
    let beside = ["", "-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        name
    });
    let open = beside
        .iter()
        .filter(|name| fs::metadata(name).is_ok_and(|data| data.permissions().mode() & 0o006 != 0));
    let open: Vec<_> = open.map(|name| Path::new(name).display().to_string()).collect();
    if open.is_empty() {
        return Some(Finding::ok(WHAT, "closed to other users of the machine"));
    }
    let names = open.join(" ");
    let detail =
        format!("every user of the machine may read or write {names}, which hold contacts and hashes");
    Some(Finding::fail(WHAT, detail, format!("chmod 600 {names}")))
}

#[cfg(unix)]
fn writable(folder: &Path) -> Finding {
    const WHAT: &str = "folder";
    let shown = folder.display();
    match rustix::fs::access(folder, rustix::fs::Access::WRITE_OK) {
        Ok(()) => Finding::ok(WHAT, format!("{shown} can be written")),
        Err(error) => {
            let detail = format!("{shown} cannot be written: {error}");
            Finding::fail(
                WHAT,
                detail,
                "SQLite makes files beside the database: make the folder the user's own",
            )
        }
    }
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
