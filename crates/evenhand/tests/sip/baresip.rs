//! baresip 1.0: a telephone that speaks a tone and keeps what it hears.
//!
//! It has no sound card here. `aufile` plays a WAV file into the call and hangs up at its end, so
//! the length of the file is the length of the call. `aubridge` takes what would go to a speaker,
//! and the filter `sndfile` writes it down on the way. `ctrl_tcp` takes orders and tells events
//! as JSON in netstrings. It cannot dial a URN: it calls a name or a number, which a border turns
//! into `urn:service:sos`, or which the centre takes as it is.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ports;
use crate::tone;

/// Longest wait for anything; reached only by a failure.
const WAIT: Duration = Duration::from_secs(60);
/// RTP ports it may use.
const RTP_PORTS: u16 = 20;
/// Ports in a row that it needs: SIP, SIP by TLS, its control, and voice.
pub const PORTS: u16 = 3 + RTP_PORTS;

/// What a telephone is.
pub struct Settings<'a> {
    /// Its number: the user of its address.
    pub number: &'a str,
    /// `udp`, `tcp` or `tls`.
    pub transport: &'a str,
    /// Whether it answers by itself.
    pub answers: Answers,
    /// The tone it speaks, in hertz, and for how long; then it hangs up.
    pub speaks: (u32, u32),
    /// A folder with `border.pem`, `border.key` and `authority.pem`, for TLS.
    pub certificates: Option<&'a Path>,
}

/// Who takes a call that comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    Itself,
    WhenTold,
}

/// A running telephone; ended when it goes out of scope.
pub struct Phone {
    child: Child,
    folder: TempDir,
    control: BufReader<TcpStream>,
    /// Its port for UDP and TCP; TLS has the next one.
    pub port: u16,
}

impl Phone {
    pub fn start(settings: &Settings<'_>) -> Self {
        Self::start_at(ports::free(PORTS), settings)
    }

    /// Starts it at the first of [`PORTS`] ports.
    pub fn start_at(port: u16, settings: &Settings<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (hz, ms) = settings.speaks;
        tone::write(&folder.path().join("speaks.wav"), hz, ms);
        std::fs::write(folder.path().join("config"), config(settings, folder.path(), port))
            .unwrap();
        std::fs::write(folder.path().join("accounts"), account(settings)).unwrap();
        std::fs::write(folder.path().join("contacts"), "").unwrap();
        let mut command = Command::new("baresip");
        command.arg("-f").arg(folder.path()).arg("-4").stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        wait_for(child.stdout.take().unwrap(), "baresip is ready");
        let control = TcpStream::connect(ports::local(port + 2)).unwrap();
        control.set_read_timeout(Some(WAIT)).unwrap();
        Self { child, folder, control: BufReader::new(control), port }
    }

    /// Calls somebody: `sip:emergency@127.0.0.1:5060`. The transport is the telephone's.
    pub fn dial(&mut self, target: &str) {
        self.order("dial", target);
    }

    pub fn hang_up(&mut self) {
        self.order("hangup", "");
    }

    /// Takes the call that rings.
    pub fn accept(&mut self) {
        self.order("accept", "");
    }

    fn order(&mut self, command: &str, params: &str) {
        let text = json!({ "command": command, "params": params }).to_string();
        write!(self.control.get_mut(), "{}:{text},", text.len()).unwrap();
    }

    /// Waits for an event; those of other kinds are passed over. `CALL_RINGING`: our call rings;
    /// `CALL_INCOMING`: we are called; `CALL_ESTABLISHED`, `CALL_CLOSED`.
    pub fn event(&mut self, kind: &str) -> Value {
        loop {
            let word = self.word();
            if word["type"] == kind {
                return word;
            }
            let closed = word["type"] == "CALL_CLOSED";
            assert!(!closed, "waited for {kind}, and the call was closed: {}", word["param"]);
        }
    }

    fn word(&mut self) -> Value {
        let mut length = Vec::new();
        self.control.read_until(b':', &mut length).unwrap();
        let length = String::from_utf8(length).unwrap();
        let length: usize = length.trim_end_matches(':').parse().unwrap();
        let mut word = vec![0; length + 1];
        self.control.read_exact(&mut word).unwrap();
        serde_json::from_slice(word.get(..length).unwrap()).unwrap()
    }

    /// Ends the telephone and gives what it heard in its calls.
    pub fn heard(mut self) -> Vec<f64> {
        self.order("quit", "");
        self.child.wait().unwrap();
        let files =
            std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut heard: Vec<PathBuf> =
            files.filter(|path| path.to_string_lossy().ends_with("-dec.wav")).collect();
        heard.sort();
        heard.iter().flat_map(|path| tone::read(path)).collect()
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Waits for a line, and reads on in the background so that the writer is never held up.
pub fn wait_for(output: impl Read + Send + 'static, line: &'static str) {
    let lines = BufReader::new(output).lines();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for read in lines.map_while(Result::ok) {
            if read.contains(line) {
                // Nobody waits any more for a line that comes twice.
                let _unheard = sender.send(());
            }
        }
    });
    receiver.recv_timeout(WAIT).expect(line);
}

fn account(settings: &Settings<'_>) -> String {
    let Settings { number, transport, .. } = settings;
    let mode = match settings.answers {
        Answers::Itself => "auto",
        Answers::WhenTold => "manual",
    };
    format!(
        "<sip:{number}@127.0.0.1;transport={transport}>;regint=0;answermode={mode};\
         audio_codecs=pcmu,pcma\n"
    )
}

fn config(settings: &Settings<'_>, folder: &Path, port: u16) -> String {
    let control = port + 2;
    let rtp = port + 3;
    let rtp_last = rtp + RTP_PORTS - 1;
    let modules = module_folder();
    let modules = modules.display();
    let shown = folder.display();
    let mut text = format!(
        "poll_method epoll
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
call_max_calls 4
audio_source aufile,{shown}/speaks.wav
audio_player aubridge,ears
audio_alert aubridge,alert
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
audio_txmode poll
rtp_ports {rtp}-{rtp_last}
jitter_buffer_delay 5-10
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {shown}
ringback_disabled yes
statmode_default off
"
    );
    if let Some(certificates) = settings.certificates {
        let both = folder.join("phone.pem");
        let mut pem = std::fs::read(certificates.join("border.pem")).unwrap();
        pem.extend(std::fs::read(certificates.join("border.key")).unwrap());
        std::fs::write(&both, pem).unwrap();
        let authority = certificates.join("authority.pem");
        let (both, authority) = (both.display(), authority.display());
        writeln!(text, "sip_certificate {both}\nsip_cafile {authority}").unwrap();
    }
    text
}

/// Debian's folder; others have it under the architecture's name.
fn module_folder() -> PathBuf {
    let folders = ["/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"];
    let found = folders.iter().map(PathBuf::from).find(|folder| folder.is_dir());
    found.expect("baresip has no modules")
}
