//! The web API over real HTTP on this machine, on a real journal in a folder that vanishes.

mod support;

mod doors;
mod journal_down;
mod openapi;
mod orders;
mod requests;
mod sign_in;
mod stream;
