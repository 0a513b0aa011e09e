//! The machine that a run was made on: figures of two machines have nothing to do with each other.

use std::fs;
use std::process::Command;

/// Cores, memory, kernel, compiler, and how busy the machine is, in one line.
pub(crate) fn line() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = memory_gib().unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    let rustc = Command::new("rustc").arg("-V").output();
    let rustc = rustc.map(|told| String::from_utf8_lossy(&told.stdout).trim().to_owned()).unwrap_or_default();
    format!("{cores} cores, {memory:.0} GiB, {}, Linux {kernel}, {rustc}, load {}", model(), load())
}

/// Processes that ran or waited over the last minute, on average.
pub(crate) fn load() -> String {
    read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

fn model() -> String {
    let text = read("/proc/cpuinfo");
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(": ")).map(|(_, name)| name);
    name.unwrap_or("unknown processor").to_owned()
}

fn memory_gib() -> Option<f64> {
    let text = read("/proc/meminfo");
    let kib: f64 = text.lines().next()?.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0 / 1024.0)
}

/// Memory that this process holds, in bytes.
pub(crate) fn resident() -> u64 {
    let text = read("/proc/self/status");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
