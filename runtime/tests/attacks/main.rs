//! Attacks, tried and refused: what a dishonest buyer, seller, neighbour, device, operator or judge
//! might do, on the whole runtime with signed extrinsics only. An attack that nothing forbids is
//! shown to cost its author, and nobody else.

#[path = "../common/mod.rs"]
mod common;

mod agenda;
mod centre;
mod credit;
mod disputes;
mod dodging;
mod doors;
mod expiry;
mod grid;
mod griefing;
mod identity;
mod judges;
mod meters;
mod money;
mod payees;
mod rules;
mod sensors;
mod spam;
mod tools;
