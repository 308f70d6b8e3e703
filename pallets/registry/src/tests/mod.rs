//! One module per call or group of calls.

mod applications;
mod certify;
mod devices;
mod genesis;
mod glue;
mod migrations;
mod properties;
mod revoke;
mod settings;
mod wallets;
