//! Kamailio as the border in front of a centre, with the configuration of the guide.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::baresip::wait_for;
use crate::{guide, ports};

/// Who stands around the border.
pub struct Around<'a> {
    /// Where the centre listens for TLS.
    pub centre: SocketAddr,
    /// Where calls of the centre go.
    pub outside: SocketAddr,
    /// Who takes the calls while the centre is away.
    pub neighbour: Option<SocketAddr>,
    /// Made by [`guide::certificates`].
    pub certificates: &'a Path,
    /// Where the centre reaches the border.
    pub inner: SocketAddr,
}

/// A running border; ended when it goes out of scope.
pub struct Border {
    child: Child,
    _folder: TempDir,
    /// Where callers reach it by UDP and TCP.
    pub callers: SocketAddr,
    /// Where callers reach it by TLS.
    pub callers_tls: SocketAddr,
}

impl Border {
    pub fn start(around: &Around<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [callers, callers_tls] = [(); 2].map(|()| ports::free_address());
        let mut addresses = vec![
            ("127.0.0.1:5060", callers.to_string()),
            ("127.0.0.1:5061", callers_tls.to_string()),
            ("127.0.0.1:5065", around.inner.to_string()),
            ("127.0.0.1:5071", around.centre.to_string()),
            ("127.0.0.1:5080", around.outside.to_string()),
        ];
        if let Some(neighbour) = around.neighbour {
            addresses.push(("##!substdef \"!NEIGHBOUR", "#!substdef \"!NEIGHBOUR".to_owned()));
            addresses.push(("192.0.2.20:5060", neighbour.to_string()));
        }
        guide::border(folder.path(), &addresses);
        for file in ["border.pem", "border.key", "authority.pem"] {
            std::fs::copy(around.certificates.join(file), folder.path().join(file)).unwrap();
        }
        let mut command = Command::new("kamailio");
        // In the foreground, with little memory: it serves one test.
        command
            .args(["-DD", "-E", "-m", "32", "-M", "4", "-f"])
            .arg(folder.path().join("border.cfg"));
        command.arg("-Y").arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        wait_for(child.stderr.take().unwrap(), "the border serves");
        Self { child, _folder: folder, callers, callers_tls }
    }
}

impl Drop for Border {
    fn drop(&mut self) {
        // Its workers end with it only if it is asked, not killed.
        let pid = self.child.id().to_string();
        let _ended = Command::new("kill").arg(pid).status();
        let _ended = self.child.wait();
    }
}
