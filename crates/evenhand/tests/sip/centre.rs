//! The real program with the guide's `sip.toml`, and people who sign in.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::person::{PASSWORD, Person};
use crate::{guide, ports};

const BINARY: &str = env!("CARGO_BIN_EXE_evenhand");

/// Where a centre listens, and where its calls go out.
pub struct Addresses {
    pub udp: SocketAddr,
    pub tcp: SocketAddr,
    pub tls: SocketAddr,
    /// The border that calls of the centre go to, and by what: `udp` or `tls`.
    pub border: (SocketAddr, &'static str),
    /// Ports for voice; a call takes two.
    pub voice_ports: u16,
}

impl Addresses {
    /// Free ones; calls go out by UDP.
    pub fn free() -> Self {
        let [udp, tcp, tls, border] = [(); 4].map(|()| ports::free_address());
        Self { udp, tcp, tls, border: (border, "udp"), voice_ports: 100 }
    }
}

/// A running centre; ended when it goes out of scope.
pub struct Centre {
    child: Child,
    folder: TempDir,
    url: String,
    pub at: Addresses,
}

impl Centre {
    pub fn start() -> Self {
        Self::at(Addresses::free())
    }

    /// Starts a centre and waits until it serves.
    pub fn at(at: Addresses) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let centre = folder.path().join("centre");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers/cambridge"), &centre);
        speaks_sip(&centre, &at);
        let mut command = Command::new(BINARY);
        command.args(["serve", "--listen", "127.0.0.1:0", "--center"]).arg(&centre);
        command.arg("--data").arg(folder.path().join("data")).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("serving at ").map(str::to_owned));
        Self { url: url.expect("it ended before it served"), child, folder, at }
    }

    /// Certificates of the centre and of its border.
    pub fn certificates(&self) -> PathBuf {
        self.folder.path().join("centre/certificates")
    }

    /// What it holds in memory, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.unwrap().trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Somebody new comes to work as a call taker, and is ready.
    pub fn call_taker(&self, name: &str) -> Person {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--add-person", name, "--role", "call_taker", "--data"]);
        command.arg(self.folder.path().join("data")).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(child.wait().unwrap().success());
        Person::sign_in(&self.url, name)
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        // It has ended already, if the test failed by that.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// What the guide does in its first two steps, with other addresses, and UDP and TCP besides.
fn speaks_sip(centre: &Path, at: &Addresses) {
    let file = centre.join("center.toml");
    let text = fs::read_to_string(&file).unwrap();
    let fleet = "fleet = \"fleet.toml\"\n";
    assert!(text.contains(fleet));
    fs::write(&file, text.replace(fleet, &format!("{fleet}sip = \"sip.toml\"\n"))).unwrap();
    let certificates = centre.join("certificates");
    fs::create_dir(&certificates).unwrap();
    guide::certificates(&certificates);
    let (border, by) = at.border;
    let voice = ports::free(at.voice_ports);
    let mut listen = "[listen]\n".to_owned();
    writeln!(listen, "udp = \"{}\"\ntcp = \"{}\"", at.udp, at.tcp).unwrap();
    let settings = guide::block("sip.toml")
        .replace("[listen]\n", &listen)
        .replace("127.0.0.1:5071", &at.tls.to_string())
        .replace("127.0.0.1:5065;transport=tls", &format!("{border};transport={by}"))
        .replace("127.0.0.1:5065", &border.to_string())
        .replace("transport = \"tls\"", &format!("transport = \"{by}\""))
        .replace("[20000, 23999]", &format!("[{voice}, {}]", voice + at.voice_ports - 1));
    fs::write(centre.join("sip.toml"), settings).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
