//! One module per call or question.

mod door;
mod entering;
mod migrations;
mod readmit;
mod set_parameters;
mod standing;
