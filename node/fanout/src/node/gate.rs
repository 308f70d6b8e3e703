//! Holds stock announcements back while their blocks come down the tree.

use crate::{handler::Controller, types::Hash};
use codec::Encode;
use futures::{future::Either, FutureExt};
use futures_timer::Delay;
use sp_consensus::block_validation::{BlockAnnounceValidator, Validation};
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use std::{error::Error, future::Future, pin::Pin, time::Duration};

/// No announcement waits longer, whatever the task does. The protocol answers within half a slot, or
/// a whole one if the block waits to be imported.
const LONGEST: Duration = Duration::from_secs(60);

/// See the module. Otherwise like the stock validator.
pub struct AnnounceGate(Controller);

impl AnnounceGate {
	/// Asks the task behind `controller`.
	pub fn new(controller: Controller) -> Self {
		Self(controller)
	}
}

type Verdict = Result<Validation, Box<dyn Error + Send>>;

impl<Block: BlockT<Hash = H256>> BlockAnnounceValidator<Block> for AnnounceGate {
	fn validate(
		&mut self,
		header: &Block::Header,
		data: &[u8],
	) -> Pin<Box<dyn Future<Output = Verdict> + Send>> {
		if !data.is_empty() {
			// Nobody here sends data along with announcements; the stock validator disconnects, too.
			return async { Ok(Validation::Failure { disconnect: true }) }.boxed();
		}
		let wait = self.0.announced(Hash(header.hash().0), header.encode());
		async move {
			match futures::future::select(wait, Delay::new(LONGEST)).await {
				Either::Left(_) => {}
				Either::Right(_) => {
					log::warn!(target: crate::LOG_TARGET, "an announcement waited for too long");
				}
			}
			Ok(Validation::Success { is_new_best: false })
		}
		.boxed()
	}
}
