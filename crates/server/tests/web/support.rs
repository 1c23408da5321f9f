//! A served centre, and the ways to talk to it.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use center::{Clear, Input, Order};
use evenhand_core::{Actor, Channel, Command, Location, Role};
use evenhand_server::config::CenterFiles;
use evenhand_server::{Running, Serving, start};
use journal::EmbeddedOptions;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

pub const EVERY_ROLE: [Role; 4] =
    [Role::CallTaker, Role::Dispatcher, Role::Supervisor, Role::Auditor];

/// Longest wait for anything; reached only by a failure.
const WAIT: Duration = Duration::from_secs(20);

pub fn cambridge() -> CenterFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers/cambridge");
    CenterFiles::Folder(folder)
}

pub struct Served {
    pub running: Running,
    pub dir: TempDir,
    agent: ureq::Agent,
}

/// Status and body of an answer.
pub type Answered = (u16, Value);

impl Served {
    pub fn new() -> Self {
        Self::with(EmbeddedOptions::default())
    }

    pub fn with(store: EmbeddedOptions) -> Self {
        Self::on(tempfile::tempdir().unwrap(), store)
    }

    pub fn on(dir: TempDir, store: EmbeddedOptions) -> Self {
        let serving = Serving { store, ..Serving::live(cambridge(), dir.path()) };
        let running = start(serving).unwrap();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(WAIT))
            .build();
        Self { running, dir, agent: config.into() }
    }

    /// The same data folder in a new process, as far as a test can.
    pub fn restart(self) -> Self {
        let Self { running, dir, .. } = self;
        running.stop();
        Self::on(dir, EmbeddedOptions::default())
    }

    /// Stops the centre and gives its folder.
    pub fn stop(self) -> TempDir {
        self.running.stop();
        self.dir
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.running.url())
    }

    /// Signs somebody in who has this role and no other; gives the token.
    pub fn sign_in(&self, person: &str, role: Role) -> String {
        let code = self.running.one_time_code(person, &[role]).unwrap();
        let body = json!({ "person": person, "password": code, "role": role, "position": "P1" });
        let (status, answer) = self.post("/sign-in", None, None, &body);
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    pub fn post(
        &self,
        path: &str,
        token: Option<&str>,
        key: Option<&str>,
        body: &Value,
    ) -> Answered {
        self.send("POST", path, (token, key), &body.to_string())
    }

    pub fn get(&self, path: &str, token: &str) -> Answered {
        self.send("GET", path, (Some(token), None), "")
    }

    /// Any request; `who` is token and key.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        who: (Option<&str>, Option<&str>),
        body: &str,
    ) -> Answered {
        let mut request = ureq::http::Request::builder().method(method).uri(self.address(path));
        if let Some(token) = who.0 {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(key) = who.1 {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.body(body.to_owned()).unwrap();
        let mut answer = self.agent.run(request).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        let read = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (answer.status().as_u16(), read)
    }

    pub fn command(&self, token: &str, key: &str, kind: &str, data: Value) -> Answered {
        let body = json!({ "command": { "type": kind, "data": data } });
        self.post("/commands", Some(token), Some(key), &body)
    }

    /// A telephone rings; the call's number, or `None` if it could not be recorded.
    pub fn ring(&self, key: &str) -> Option<u64> {
        let at = self.running.center().clock().now();
        let answers = self.running.center().step_at(vec![ring(key, at)]).unwrap();
        let (_, answer) = answers.into_iter().next().unwrap();
        let event = answer.ok()?.events.into_iter().next().unwrap().1;
        match event {
            evenhand_core::Event::CallPresented { call, .. } => Some(call.0),
            other => panic!("{other:?}"),
        }
    }

    pub fn socket(&self) -> Socket {
        self.try_socket().unwrap()
    }

    /// A WebSocket, or what the server said instead.
    pub fn try_socket(&self) -> Result<Socket, String> {
        let address = self.address("/ws").replace("http://", "ws://");
        let stream = TcpStream::connect(self.running.url().trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(WAIT)).unwrap();
        let opened = tungstenite::client(address, stream);
        opened.map(|(socket, _)| Socket { socket }).map_err(|error| error.to_string())
    }

    /// A socket that has said hello.
    pub fn hello(&self, token: &str, last_seq: Option<u64>) -> Socket {
        let mut socket = self.socket();
        socket.say(&json!({ "type": "hello", "token": token, "last_seq": last_seq }));
        socket
    }
}

/// A call from somebody at a place that the map knows.
pub fn ring(key: &str, at: evenhand_core::Timestamp) -> Input {
    let location =
        Location { address: Some(Clear::from("77 Massachusetts Ave")), ..Location::default() };
    let command = Command::PresentCall {
        channel: Channel::Voice,
        number: Some(Clear::from("+1 617 555 0123")),
        number_digest: None,
        name: None,
        location: Some(location),
        test: false,
        signalling: None,
    };
    let order = Order::Command(command);
    Input { key: key.to_owned(), at, actor: Actor::Line, order, salt: [7; 32] }
}

/// A position's end of its WebSocket.
pub struct Socket {
    socket: WebSocket<TcpStream>,
}

impl Socket {
    pub fn say(&mut self, word: &Value) {
        self.socket.send(Message::Text(word.to_string().into())).unwrap();
    }

    /// The next message; `Err` with code and reason if the centre ends the stream.
    pub fn next(&mut self) -> Result<Value, (u16, String)> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Ok(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(frame)) => {
                    let frame = frame.unwrap();
                    return Err((frame.code.into(), frame.reason.to_string()));
                }
                Ok(_other) => {}
                Err(error) => panic!("the stream broke: {error}"),
            }
        }
    }

    /// The next message of a kind; those of other kinds are passed over.
    pub fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().unwrap();
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// All messages of changes up to the one that rests on entry `seq`.
    pub fn changes_to(&mut self, seq: u64) -> Vec<Value> {
        let mut messages = vec![self.next_of("changes")];
        while messages.last().unwrap()["seq"].as_u64().unwrap() < seq {
            messages.push(self.next_of("changes"));
        }
        messages
    }
}

/// Whether `given` has everything that `wanted` has: objects may have more fields.
pub fn contains(given: &Value, wanted: &Value) -> bool {
    match (given, wanted) {
        (Value::Object(given), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| given.get(key).is_some_and(|given| contains(given, wanted))),
        (Value::Array(given), Value::Array(wanted)) => {
            given.len() == wanted.len()
                && given.iter().zip(wanted).all(|(given, wanted)| contains(given, wanted))
        }
        // A text that ends in `...` may go on.
        (Value::String(given), Value::String(wanted)) => match wanted.strip_suffix("...") {
            Some(start) => given.starts_with(start),
            None => given == wanted,
        },
        (given, wanted) => given == wanted,
    }
}
