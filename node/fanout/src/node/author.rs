//! Hears of own blocks before they are imported.

use crate::handler::Controller;
use codec::Encode;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sp_consensus::BlockOrigin;
use sp_runtime::traits::Block as BlockT;

/// Around the block import that Aura gets: an own block leaves before its import begins, which saves
/// the time the database takes. Without a controller it is what is inside.
#[derive(Clone)]
pub struct AuthorHook<I> {
	inner: I,
	controller: Option<Controller>,
}

impl<I> AuthorHook<I> {
	/// Around `inner`.
	pub fn new(inner: I, controller: Option<Controller>) -> Self {
		Self { inner, controller }
	}
}

#[async_trait::async_trait]
impl<Block: BlockT, I: BlockImport<Block> + Send + Sync> BlockImport<Block> for AuthorHook<I> {
	type Error = I::Error;

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(
		&self,
		block: BlockImportParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		if let (Some(controller), BlockOrigin::Own, Some(body)) =
			(&self.controller, block.origin, &block.body)
		{
			controller.authored(block.post_header().encode(), body.encode());
		}
		self.inner.import_block(block).await
	}
}
