//! Keeps a panic in one task away from the rest of the node.
//!
//! A node of the SDK ends when any of its threads panics, unless the thread says otherwise. Writing
//! blocks must not depend on the management centre's service, nor on block fan-out.

use sp_panic_handler::AbortGuard;
use std::{
	future::Future,
	panic::{catch_unwind, AssertUnwindSafe},
	pin::Pin,
	task::{Context, Poll},
};

/// The task panicked; the panic's own words are in the log.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a panic")]
pub struct Panicked;

/// A future that ends with [`Panicked`] where `F` panics. Not to be polled again after that.
pub struct Contained<F>(Pin<Box<F>>);

/// Contain what `future` does.
pub fn contain<F: Future>(future: F) -> Contained<F> {
	Contained(Box::pin(future))
}

impl<F: Future> Future for Contained<F> {
	type Output = Result<F::Output, Panicked>;

	fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
		let _guard = AbortGuard::force_unwind();
		// What may be broken inside is thrown away with the future.
		match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
			Ok(poll) => poll.map(Ok),
			Err(_) => Poll::Ready(Err(Panicked)),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use futures::executor::block_on;

	#[test]
	fn what_does_not_panic_passes() {
		assert_eq!(block_on(contain(async { 5 })), Ok(5));
	}

	/// With the hook that ends a node's process.
	#[test]
	fn a_panic_is_contained() {
		sp_panic_handler::set("nowhere", "test");
		let panicking = contain(async {
			futures::future::ready(()).await;
			panic!("contained on purpose");
		});
		let ended: Result<(), _> = block_on(panicking);
		assert_eq!(ended, Err(Panicked));
	}
}
