//! One module per call or group of events.

mod behaviour;
mod enrolment;
mod properties;
mod set_parameters;
