//! Tests of the calls, a module each, of the rule and of what neighbours and clients are told.

mod authorized;
mod faults;
mod lines;
mod migrations;
mod models;
mod neighbours;
mod registers;
mod report;
mod report_register;
mod report_registers;
mod safety;
mod schedules;
mod series;
mod set_aside;
mod set_parameters;
mod try_state;
