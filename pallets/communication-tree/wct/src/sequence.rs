//! The orders in which nodes are attached.
