//! Bad input at every call, as tables: each row is refused with its error, and nothing changes but
//! fee, nonce and what the system forgets with the block.

#[path = "../common/mod.rs"]
mod common;

mod authority;
mod deliveries;
mod disputes;
mod grid;
mod money;
mod openings;
mod payments;
mod registry;
mod reports;
mod tokens;
mod tree;
