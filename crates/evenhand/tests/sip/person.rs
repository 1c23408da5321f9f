//! Somebody at a position: signs in, sees the boards live, and gives commands.

use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

pub const PASSWORD: &str = "correct horse battery";
/// Longest wait for anything; reached only by a failure.
const WAIT: Duration = Duration::from_secs(60);

/// Makes every command's key another one.
static KEYS: AtomicU64 = AtomicU64::new(0);

pub struct Person {
    name: String,
    agent: ureq::Agent,
    url: String,
    token: String,
    boards: WebSocket<TcpStream>,
    /// Rows that were seen and not yet asked for, oldest first.
    seen: Vec<(String, Value)>,
}

impl Person {
    pub fn sign_in(url: &str, name: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(WAIT))
            .build();
        let agent: ureq::Agent = config.into();
        let body = json!({
            "person": name, "password": PASSWORD, "role": "call_taker", "position": name,
        });
        let (status, answer) = post(&agent, &format!("{url}/api/v1/sign-in"), "", "none", &body);
        assert_eq!(status, 200, "{answer}");
        let token = answer["token"].as_str().unwrap().to_owned();
        let (boards, snapshot) = boards(url, &token);
        // A call that rang before counts as seen now.
        let calls = snapshot["calls"].as_array().unwrap().iter();
        let seen = calls.map(|row| ("calls".to_owned(), row.clone())).collect();
        Self { name: name.to_owned(), agent, url: url.to_owned(), token, boards, seen }
    }

    /// Gives a command that must be carried out.
    pub fn does(&self, kind: &str, data: Value) {
        let (status, answer) = self.tries(kind, data);
        assert_eq!(status, 200, "{kind}: {answer}");
    }

    /// Gives a command; status and body of the answer.
    pub fn tries(&self, kind: &str, data: Value) -> (u16, Value) {
        let key = format!("{}.{}", self.name, KEYS.fetch_add(1, Ordering::Relaxed));
        let body = json!({ "command": { "type": kind, "data": data } });
        post(&self.agent, &format!("{}/api/v1/commands", self.url), &self.token, &key, &body)
    }

    pub fn reads(&self, path: &str) -> Value {
        let request = self.agent.get(format!("{}/api/v1/{path}", self.url));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let text = request.call().unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// All boards as they stand.
    pub fn snapshot(&self) -> Value {
        boards(&self.url, &self.token).1
    }

    /// Waits until a call is in a state; gives its row.
    pub fn sees_call(&mut self, state: &str) -> Value {
        self.sees("calls", |row| row["state"] == state)
    }

    /// Waits for a row of a board, or a message of another kind, among those not looked at yet.
    pub fn sees(&mut self, topic: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let found = self.seen.iter().position(|(of, row)| of == topic && is_it(row));
            if let Some(found) = found {
                return self.seen.drain(..=found).next_back().unwrap().1;
            }
            self.look();
        }
    }

    fn look(&mut self) {
        let message = self.boards.read().expect("nothing more came on the boards");
        let Message::Text(text) = message else { return };
        let message: Value = serde_json::from_str(&text).unwrap();
        let kind = message["type"].as_str().unwrap();
        if kind != "changes" {
            self.seen.push((kind.to_owned(), message["data"].clone()));
            return;
        }
        let changes = message["changes"].as_array().cloned().unwrap_or_default();
        let rows = changes.into_iter().filter(|change| change["type"] == "row");
        self.seen.extend(rows.map(|mut change| {
            (change["topic"].as_str().unwrap().to_owned(), change["data"].take())
        }));
    }

    /// Answers the next call that rings; gives its number.
    pub fn answers(&mut self) -> Value {
        let call = self.sees_call("queued")["call"].clone();
        self.does("AnswerCall", json!({ "call": call }));
        call
    }

    /// Rings back a caller who hung up, and says that the caller was reached once the other side
    /// has answered.
    pub fn rings_back(&mut self, call: &Value) {
        self.does("StartCallback", json!({ "call": call }));
        self.sees("dialled", |said| said["call"] == *call && said["progress"] == "answered");
        self.does("ReachCaller", json!({ "call": call }));
    }

    /// Gives a call that is up its outcome, and hangs up.
    pub fn ends(&self, call: &Value) {
        self.closes(call);
        self.does("EndCall", json!({ "call": call }));
    }

    /// Gives a call the outcome that it lacks.
    pub fn closes(&self, call: &Value) {
        let signature = json!({ "reason": "a test" });
        let code = "caller_withdrew";
        self.does("DeclineCall", json!({ "call": call, "code": code, "signature": signature }));
    }
}

fn boards(url: &str, token: &str) -> (WebSocket<TcpStream>, Value) {
    let stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(WAIT)).unwrap();
    let address = format!("{}/api/v1/ws", url.replace("http://", "ws://"));
    // All calls of a flood are one message.
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let config = Some(config);
    let (mut socket, _) = tungstenite::client::client_with_config(address, stream, config).unwrap();
    let hello = json!({ "type": "hello", "token": token, "last_seq": null });
    socket.send(Message::Text(hello.to_string().into())).unwrap();
    let snapshot = socket.read().unwrap().into_text().unwrap();
    let mut snapshot: Value = serde_json::from_str(&snapshot).unwrap();
    (socket, snapshot["data"].take())
}

fn post(agent: &ureq::Agent, url: &str, token: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = agent.post(url).header("Authorization", format!("Bearer {token}"));
    let mut answer = request.header("Idempotency-Key", key).send(body.to_string()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
