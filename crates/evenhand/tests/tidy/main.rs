//! The house rules that a machine can check, each as one test.
//!
//! Every check is a plain function from a [`tree::Tree`] of files to a list of findings.
//! So each of them runs twice: over this repository, where it must find nothing, and over
//! a few planted lines, where it must find the fault. A finding names file, line and mend.
//!
//! What the rules mean is written in STYLE.md and ARCHITECTURE.md; this folder only counts.

mod tree;

mod scanner;

mod manifests;

mod layers;

mod purity;

mod lengths;

mod words;

mod places;

mod links;

mod decisions;
