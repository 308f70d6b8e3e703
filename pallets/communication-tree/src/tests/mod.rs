//! Tests, a file per part.

mod admit;
mod clock;
mod genesis;
mod keys;
mod leave;
mod migrations;
mod network;
mod offences;
mod report;
mod rules;
mod scoring;
mod sessions;
mod tree;
mod trust;
mod try_state;
mod turns;
