//! Programs of other people that these tests talk to.

use std::process::{Command, Stdio};

/// One of them, and the package that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Plays a written scenario, once or at a rate.
    Sipp,
    /// A telephone with voice.
    Baresip,
    /// The border.
    Kamailio,
    /// Makes certificates.
    Openssl,
}

impl Tool {
    /// How it is asked for a sign of life.
    fn question(self) -> (&'static str, &'static str) {
        match self {
            Self::Sipp => ("sipp", "-v"),
            Self::Baresip => ("baresip", "-h"),
            Self::Kamailio => ("kamailio", "-v"),
            Self::Openssl => ("openssl", "version"),
        }
    }

    fn is_there(self) -> bool {
        let (program, argument) = self.question();
        let mut command = Command::new(program);
        command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok()
    }
}

/// Whether the test can run here. Without a tool it says so and passes; where CI is set every one
/// must be there.
pub fn are_there(tools: &[Tool]) -> bool {
    let missing = tools.iter().find(|tool| !tool.is_there());
    if let Some(missing) = missing {
        let (program, _) = missing.question();
        assert!(std::env::var_os("CI").is_none(), "{program} is not installed");
        println!("skipped: {program} is not installed; scripts/install-test-tools.sh has it");
    }
    missing.is_none()
}
