//! Configuration of the pallets, a file per domain.

pub mod authority;
pub mod consensus;
pub mod door;
pub mod money;
pub mod system;
pub mod trade;
