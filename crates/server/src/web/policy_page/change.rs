//! What texts change against those in force, exactly.

use evenhand_core::PolicyText;
use policy::Policy;

use crate::web::failure::Failure;

/// The texts as a policy.
pub(super) fn read(files: &[PolicyText]) -> Result<Policy, Failure> {
    let files: Vec<(&str, &str)> =
        files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
    Policy::load(&files).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        let text = format!("the texts have `{}` problems; the first: {first}", problems.len());
        Failure::bad("policy_not_read", text)
    })
}
