//! One module per call or group of events.

mod behaviour;
mod enrolment;
mod fines;
mod gains;
mod migrations;
mod properties;
mod reinstatement;
mod set_parameters;
