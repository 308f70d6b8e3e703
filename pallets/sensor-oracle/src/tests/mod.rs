//! Tests of the calls, a module each, of the rule and of what neighbours and clients are told.

mod faults;
mod migrations;
mod neighbours;
mod registers;
mod report;
mod report_register;
mod report_registers;
mod safety;
mod set_parameters;
mod try_state;
