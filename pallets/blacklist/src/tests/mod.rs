//! One module per call or question.

mod entering;
mod set_parameters;
mod standing;
