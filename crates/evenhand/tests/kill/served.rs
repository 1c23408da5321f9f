//! The binary, started and talked to.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

pub const BINARY: &str = env!("CARGO_BIN_EXE_evenhand");
const PASSWORD: &str = "correct horse battery";
/// Longest wait for anything; reached only by a failure.
const WAIT: Duration = Duration::from_secs(30);

/// A running process; killed when it goes out of scope.
pub struct Served {
    child: Child,
    pub url: String,
}

/// Adds the one person of these tests.
pub fn add_person(data: &Path) {
    let mut child = Command::new(BINARY)
        .args(["serve", "--add-person", "dan", "--role", "dispatcher", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(child.wait().unwrap().success());
}

/// `evenhand serve` for these tests, to which more can be added.
pub fn serve(data: &Path) -> Vec<String> {
    let data = data.to_str().unwrap().to_owned();
    ["serve", "--listen", "127.0.0.1:0", "--data", &data].map(str::to_owned).to_vec()
}

impl Served {
    /// Starts a command that serves, and waits until it says where.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("serving at ").map(str::to_owned));
        Self { url: url.expect("it ended before it served"), child }
    }

    /// SIGKILL: the process does nothing more.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM to a process id; waits until the started command has ended.
    pub fn terminate(mut self, pid: u32) {
        assert!(Command::new("kill").arg(pid.to_string()).status().unwrap().success());
        self.child.wait().unwrap();
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn client(&self) -> Client {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(WAIT))
            .build();
        Client { agent: config.into(), url: self.url.clone(), token: String::new() }
    }

    /// The boards, live, after their snapshot.
    pub fn stream(&self, token: &str) -> WebSocket<TcpStream> {
        let stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(WAIT)).unwrap();
        let address = format!("{}/api/v1/ws", self.url.replace("http://", "ws://"));
        let (mut socket, _) = tungstenite::client(address, stream).unwrap();
        let hello = json!({ "type": "hello", "token": token, "last_seq": null });
        socket.send(Message::Text(hello.to_string().into())).unwrap();
        socket.read().unwrap();
        socket
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// One client of the API.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    url: String,
    pub token: String,
}

impl Client {
    pub fn sign_in(&mut self) {
        let body = json!({
            "person": "dan", "password": PASSWORD, "role": "dispatcher", "position": "P1",
        });
        let (status, answer) = self.post("sign-in", "none", &body).unwrap();
        assert_eq!(status, 200, "{answer}");
        self.token = answer["token"].as_str().unwrap().to_owned();
    }

    /// Writes one line into incident 1; `None` if the process was gone before it answered.
    pub fn write(&self, key: &str) -> Option<(u16, Value)> {
        self.command(key, "AddNarrative", json!({ "incident": 1, "text": key }))
    }

    pub fn command(&self, key: &str, kind: &str, data: Value) -> Option<(u16, Value)> {
        self.post("commands", key, &json!({ "command": { "type": kind, "data": data } }))
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self.agent.post(format!("{}/api/v1/{path}", self.url));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let sent = request.header("Idempotency-Key", key).send(body.to_string());
        let mut answer = sent.ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        Some((answer.status().as_u16(), serde_json::from_str(&text).ok()?))
    }
}
