//! nginx beside the program: the same bytes from files, as the yardstick for whole lists.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::client::{Client, Coding, Request};
use crate::failure::{Failure, Outcome};
use crate::program::{self, Process};

/// A running nginx that serves one folder.
pub(crate) struct Nginx {
    process: Option<Process>,
    pub(crate) address: SocketAddr,
    files: PathBuf,
}

impl Drop for Nginx {
    /// Asks the master to stop: its workers would outlive one that is killed.
    fn drop(&mut self) {
        if let Some(Err(failure)) = self.process.take().map(Process::stop) {
            println!("nginx: may still be running: {failure}");
        }
    }
}

impl Nginx {
    /// Starts nginx with a configuration of its own. `None`, and a message, where there is none.
    pub(crate) fn start(folder: &Path) -> Outcome<Option<Nginx>> {
        let Some(program) = program() else {
            println!("nginx: skipped, it is not installed (Debian package nginx-light)");
            return Ok(None);
        };
        let folder = folder.join("nginx");
        let files = folder.join("files");
        fs::create_dir_all(&files).map_err(Failure::of(files.display()))?;
        let address = program::free_address()?;
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration(&folder, address)).map_err(Failure::of(file.display()))?;
        let mut command = Command::new(program);
        command.arg("-c").arg(&file).arg("-p").arg(&folder).args(["-e", "error.log"]);
        let mut process = Process::start(&mut command)?;
        process.wait_for("nginx", || Client::connect(address).is_ok())?;
        Ok(Some(Nginx { process: Some(process), address, files }))
    }

    /// Serves these bytes; the request for them.
    pub(crate) fn publish(&self, name: &str, coding: Coding, bytes: &[u8]) -> Outcome<Request> {
        let folder = self.files.join(coding.name());
        let file = folder.join(name);
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, bytes));
        written.map_err(Failure::of(file.display()))?;
        Ok(Request::get(format!("/{}/{name}", coding.name()), coding))
    }
}

fn program() -> Option<&'static str> {
    ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"]
        .into_iter()
        .find(|path| Path::new(path).is_file())
}

/// One worker per core as on a server, no log, and no shortcut from file to socket that a program which makes its
/// bytes cannot take.
fn configuration(folder: &Path, address: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "daemon off;
master_process on;
worker_processes auto;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile off;
    tcp_nodelay on;
    keepalive_requests 1000000;
    default_type application/json;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    server {{
        listen {address};
        root {folder}/files;
        location /gzip/ {{ add_header Content-Encoding gzip; }}
    }}
}}
user root;
"
    )
}
