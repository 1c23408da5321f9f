//! Starting the demo: anew, where it was stopped, or from the centre if it was killed.

use std::net::SocketAddr;
use std::sync::Arc;

use center::{Input, Order};
use evenhand_core::{Actor, Command, PersonId, Role, Timestamp};
use journal::EmbeddedOptions;
use roads::Roads;
use server::config::{CenterFiles, Configuration};
use server::voice::VoiceSetup;
use server::{Clock, Running, Serving, StartError, Waking};
use sim::CrewLabels;
use sim::demo::{Demo, DemoParts, DemoPlan, Link, Positions, SavedWorld};

use super::door::Door;
use super::say::{self, Shown};
use super::telephones::Telephones;
use super::world_file::{Left, WorldFile};
use super::{Args, PORTS};

/// The seed of a demo that is given none.
const SEED: u64 = 1;
/// The file of a centre that says how callers, crews and staff behave.
const PLAN: &str = "demo.toml";

/// A demo that stands ready, its clock still.
pub struct Begun {
    pub running: Running,
    pub demo: Demo,
    pub door: Door,
    pub clock: Clock,
    pub shown: Shown,
    /// Digest of the plan, which a saved world refers to.
    pub plan: String,
    pub world_file: WorldFile,
}

/// How a demo comes to its world.
enum Origin {
    Fresh,
    Saved(Box<SavedWorld>),
    Lost { why: String },
}

pub fn begin(args: &Args) -> Result<Begun, String> {
    let world_file = WorldFile::of(&args.data);
    let left = world_file.left()?;
    let seed = seed(args, left.as_ref())?;
    let files = CenterFiles::Cambridge;
    let configuration = Configuration::load(&files).map_err(|error| error.to_string())?;
    let zone = configuration.time_zone.clone();
    let name = configuration.map.name.clone();
    let (parts, plan) = parts(args, &files, configuration)?;
    let (origin, from) = origin(left, &parts, &plan)?;
    let clock = Clock::scaled(from, 0);
    let mut telephones = args.sip.then(|| Telephones::open(&args.data)).transpose()?;
    let mut running = serve(args, &clock, telephones.as_ref())?;
    if let (Some(telephones), Some(bound)) = (&mut telephones, running.sip()) {
        telephones.call_at(bound.udp.ok_or("the centre listens for no calls")?, &args.data)?;
    }
    let effects = running.take_effects().ok_or("the centre gives nothing to its driver")?;
    let mut door = Door::new(running.center().clone(), effects, telephones);
    // What came out of the start itself is for nobody.
    door.wait(std::time::Duration::ZERO);
    let shown = Shown { zone, name, seed };
    say::beginning(args, &shown, from);
    let mut demo = match origin {
        Origin::Fresh => Demo::new(seed, &parts, from),
        Origin::Saved(saved) => {
            println!("going on where it was stopped");
            Demo::resume(*saved, &parts)
        }
        Origin::Lost { why } => {
            println!(
                "not going on from the last run's world: {why}. Nothing recorded is lost; crews \
                 start over from where their units stand, callers on a line hang up soon"
            );
            Demo::recover(seed, &parts, from, &mut door).map_err(|error| error.to_string())?
        }
    };
    demo.ring(!args.quiet);
    demo.send_staff_home(&mut door).map_err(|error| error.to_string())?;
    // From now on the folder is known as a demo's, and its seed survives a kill.
    world_file.write(&demo.saved(from, SavedWorld::RUNNING, &plan))?;
    second_to_work(&mut door, from)?;
    say::ways_in(&running)?;
    Ok(Begun { running, demo, door, clock, shown, plan, world_file })
}

/// Who signs where two people must is at work from the start: core asks for somebody present.
fn second_to_work(door: &mut Door, at: Timestamp) -> Result<(), String> {
    let person = PersonId::from(say::SECOND);
    let looked_for = person.clone();
    let at_work = door.look(move |center| center.core().shift(&looked_for).is_some());
    if at_work.map_err(|_| "the centre does not answer".to_owned())? {
        return Ok(());
    }
    let position = say::SECOND.to_owned();
    let start = Command::StartShift { role: Role::Supervisor, position };
    let input = Input {
        key: format!("demo:{}:{}", say::SECOND, at.0),
        at,
        actor: Actor::Person { id: person },
        order: Order::Command(start),
        salt: [0; 32],
    };
    door.step(vec![input]).map(drop).map_err(|_| "the centre does not answer".to_owned())
}

fn seed(args: &Args, left: Option<&Left>) -> Result<u64, String> {
    match (args.seed, left.map(|left| left.seed)) {
        (Some(given), Some(Some(kept))) if given != kept => Err(format!(
            "`{}` holds a demo of seed {kept}, `--seed {given}` was given; leave it out to go on, \
             or give another folder by `--data`",
            args.data.display()
        )),
        (_, Some(Some(kept))) => Ok(kept),
        (given, _) => Ok(given.unwrap_or(SEED)),
    }
}

fn parts(
    args: &Args,
    files: &CenterFiles,
    configuration: Configuration,
) -> Result<(DemoParts, String), String> {
    let bytes = files.read(PLAN).map_err(|error| format!("{PLAN}: {error}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| format!("{PLAN}: {error}"))?;
    let wrong = |error| format!("{PLAN}: {error}");
    let plan = DemoPlan::read(text, &configuration.policy).map_err(wrong)?;
    let book = plan.book(&configuration.map, &configuration.fleet).map_err(wrong)?;
    let positions = match args.autopilot {
        true => Positions::Autopilot,
        false => Positions::People,
    };
    let ways = Arc::new(Roads::build(&configuration.map.streets, &configuration.speeds));
    let labels = CrewLabels::of(&configuration.policy);
    Ok((DemoParts { plan, book, labels, ways, positions }, map::digest(&bytes)))
}

/// Where the world comes from, and what time it is in it.
fn origin(
    left: Option<Left>,
    parts: &DemoParts,
    plan: &str,
) -> Result<(Origin, Timestamp), String> {
    let Some(left) = left.filter(|left| left.seq > 0) else {
        return Ok((Origin::Fresh, parts.book.starts_at()?));
    };
    match SavedWorld::read(&left.text, left.seq, plan) {
        Ok(saved) => {
            let at = saved.at;
            Ok((Origin::Saved(Box::new(saved)), at))
        }
        Err(error) => Ok((Origin::Lost { why: error.to_string() }, left.at)),
    }
}

/// Serves at the port that was given, or at the first free one.
fn serve(args: &Args, clock: &Clock, telephones: Option<&Telephones>) -> Result<Running, String> {
    let sip = telephones.map(|_| Telephones::centre_settings());
    let ports = args.port.map_or(PORTS, |port| port..=port);
    let mut taken = String::new();
    for port in ports {
        let serving = Serving {
            center: CenterFiles::Cambridge,
            data: args.data.clone(),
            listen: SocketAddr::from(([127, 0, 0, 1], port)),
            voice: VoiceSetup::default(),
            console_dir: args.console_dir.clone(),
            clock: clock.clone(),
            waking: Waking::ByDriver,
            generated: true,
            sip: sip.clone(),
            store: EmbeddedOptions::default(),
        };
        match server::start(serving) {
            Ok(running) => return Ok(running),
            Err(StartError::Listen { cause, .. })
                if cause.kind() == std::io::ErrorKind::AddrInUse =>
            {
                taken = format!("port {port} is taken");
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Err(format!("{taken}; give another by `--port`"))
}
