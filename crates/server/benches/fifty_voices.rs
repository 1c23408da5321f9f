//! What bridged voices cost: fifty callers and fifty browsers that speak at the same time.
//!
//! ```text
//! cargo bench -p evenhand-server --bench fifty_voices
//! ```
//!
//! Callers and browsers run in the same process on threads of their own; counted is only the
//! processor time of the thread that carries voice, as the system tells it. `EVENHAND_BENCH_VOICES`
//! sets how many speak (50 if not set).

#![expect(clippy::unwrap_used, reason = "a benchmark without its plane is of no use")]

#[path = "../tests/voice/caller.rs"]
#[expect(dead_code, clippy::panic, reason = "the tests use more of it")]
mod caller;
#[path = "../tests/voice/peer.rs"]
mod peer;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use caller::Caller;
use evenhand_server::voice::{Law, VoicePlane, VoiceSetup};
use peer::Peer;

/// What the callers speak, in hertz.
pub const CALLER_HERTZ: u32 = 440;
/// What the browsers speak.
pub const BROWSER_HERTZ: u32 = 1_000;

const PACKET: Duration = Duration::from_millis(20);
const CONNECT_MAX: Duration = Duration::from_secs(60);
const MEASURED_S: u64 = 10;
/// Ticks of `/proc/<pid>/task/<tid>/stat` in a second (`getconf CLK_TCK`), the same on every Linux.
const TICKS_PER_S: f64 = 100.0;

/// The present, to measure by.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

struct Pair {
    caller: Caller,
    peer: Peer,
    to: SocketAddr,
}

fn main() {
    let voices = std::env::var("EVENHAND_BENCH_VOICES").ok();
    let voices = voices.and_then(|text| text.parse().ok()).unwrap_or(50);
    let rtp_ports = 44_000..=44_999;
    let plane = VoicePlane::start(&VoiceSetup { rtp_ports, ..VoiceSetup::default() }).unwrap();
    let mut pairs: Vec<Pair> = (0..voices).map(|leg| pair(&plane, leg)).collect();
    let start = now();
    while pairs.iter().any(|pair| !pair.peer.is_connected) {
        assert!(start.elapsed() < CONNECT_MAX, "not all browsers were connected");
        for pair in &mut pairs {
            pair.peer.listen();
        }
    }
    measure(&plane, pairs);
}

fn pair(plane: &VoicePlane, leg: u64) -> Pair {
    let position = format!("P{leg}");
    let caller = Caller::new(if leg.is_multiple_of(2) { Law::Mu } else { Law::A });
    let to = plane.open_leg(leg).unwrap();
    plane.start_leg(leg, caller.talk()).unwrap();
    let peer = Peer::connect(plane, &position);
    plane.bridge(leg, &position).unwrap();
    Pair { caller, peer, to }
}

fn measure(plane: &VoicePlane, pairs: Vec<Pair>) {
    let ended = AtomicBool::new(false);
    let count = pairs.len();
    std::thread::scope(|scope| {
        let speaking = scope.spawn(|| speak(pairs, &ended));
        std::thread::sleep(Duration::from_secs(2));
        let (cpu, start) = (voice_s(), now());
        std::thread::sleep(Duration::from_secs(MEASURED_S));
        let (used_s, took_s) = (voice_s() - cpu, start.elapsed().as_secs_f64());
        ended.store(true, Ordering::Relaxed);
        let late = speaking.join().unwrap();
        let figures: Vec<_> = (0..count as u64).filter_map(|leg| plane.figures(leg)).collect();
        let received: u64 = figures.iter().map(|figures| figures.received).sum();
        let lost: i64 = figures.iter().map(|figures| figures.lost).sum();
        let share = 100.0 * used_s / took_s;
        println!("{count} bridged voices for {took_s:.1} s of call");
        println!("  {used_s:.2} s of processor, {share:.1} % of one core");
        println!("  {received} packets from callers, {lost} lost; speakers late {late} times");
    });
}

/// Both sides speak every 20 ms; how often they came too late to.
fn speak(mut pairs: Vec<Pair>, ended: &AtomicBool) -> u64 {
    let (mut due, mut late) = (now(), 0);
    while !ended.load(Ordering::Relaxed) {
        for pair in &mut pairs {
            pair.caller.speak(pair.to);
            pair.peer.round();
        }
        due += PACKET;
        match due.checked_duration_since(now()) {
            Some(left) => std::thread::sleep(left),
            None => late += 1,
        }
    }
    late
}

/// Processor seconds of the thread called `voice` so far.
fn voice_s() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let stats = tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")));
    let stat = stats.flatten().find(|stat| stat.contains("(voice)")).unwrap();
    // Behind the name: state is the first field, user and system time are the 12th and 13th.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS_PER_S
}
