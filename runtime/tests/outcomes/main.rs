//! Every way a trade can go: a test for each row of the second table of DESIGN.md, section 3, and
//! for each alternative of a row, named by it; then what the sentences around the table say of
//! fines, losses, the blacklist, terms, outages and the agenda.
//!
//! All on the whole runtime, by signed extrinsics, with the exact events, money, credit and counts
//! of both sides, and nothing left in storage.

#[path = "../common/mod.rs"]
mod common;

mod stage;
mod told;

// The table.
mod confirmation;
mod contests;
mod delivery;
mod middle;
mod not_paid;
mod not_paid_excused;
mod payment;
mod rulings;
mod weather;
mod withdrawn;

// The sentences around it.
mod agenda;
mod blacklist;
mod debts;
mod gains;
mod losses;
mod money;
mod outages;
mod terms;
