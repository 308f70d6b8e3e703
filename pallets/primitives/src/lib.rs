//! # Voltree primitives
//!
//! What Voltree's pallets share and none of them owns: units, ids, signed messages, and the small
//! traits through which one pallet asks another. No storage. A pallet never names another pallet;
//! it asks for a trait from here, and the runtime joins them.
//!
//! | module | what |
//! |---|---|
//! | [`units`] | energy, money, time, credit, and the arithmetic of a price |
//! | [`signed`] | messages that are signed off chain, and how their signatures are checked |
//! | [`terms`] | what untimely behaviour costs, and parameters that change with notice |
//! | [`token`] | the token of a shared wallet, verifiable offline |
//! | [`traits`] | what a pallet may ask of its neighbours |

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod signed;
pub mod terms;
pub mod token;
pub mod traits;
pub mod units;

pub use signed::*;
pub use terms::*;
pub use token::*;
pub use traits::*;
pub use units::*;
