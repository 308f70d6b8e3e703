//! Tests of the calls, a module each, of what the market asks, and of what always holds.

mod certify;
mod close;
mod fund;
mod lock;
mod open;
mod pay;
mod properties;
mod reads;
mod renew;
mod settle;
mod try_state;
mod withdraw;
