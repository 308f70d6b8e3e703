//! Tests of the calls, a module each, of what the market asks, and of what always holds.

mod bond;
mod burn;
mod cancel_redemption;
mod certify;
mod close;
mod fine;
mod forfeit;
mod fund;
mod issue;
mod lock;
mod migrations;
mod open;
mod pay;
mod pay_fines;
mod properties;
mod reads;
mod redeem;
mod renew;
mod settle;
mod try_state;
mod unbond;
mod withdraw;
