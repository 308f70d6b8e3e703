//! What the chain tells: imports, finality, sessions, and whether the node is far behind.

use super::view::View;
use crate::{policy::Snapshot, protocol::Event, types::Hash};
use futures::{stream, stream::BoxStream, StreamExt};
use futures_timer::Delay;
use sc_client_api::{BlockImportNotification, BlockchainEvents, HeaderBackend};
use sc_network::NetworkBlock;
use sc_network_sync::SyncingService;
use sp_consensus::SyncOracle;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use std::{sync::Arc, time::Duration};

/// Between two looks whether the node is far behind.
const LOOK: Duration = Duration::from_millis(500);

/// Where a session's frozen snapshot comes from: the runtime, at a final block.
pub trait SnapshotSource<Block: BlockT>: Send + Sync {
	/// The snapshot of the session that `at` belongs to; `None` if the chain has none, or it cannot
	/// be read, or is the same as before: then nothing changes.
	fn snapshot(&self, at: Block::Hash) -> Option<Snapshot>;
}

impl<Block: BlockT, F> SnapshotSource<Block> for F
where
	F: Fn(Block::Hash) -> Option<Snapshot> + Send + Sync,
{
	fn snapshot(&self, at: Block::Hash) -> Option<Snapshot> {
		self(at)
	}
}

/// All of them, in one stream.
pub fn events<Block, Client>(
	client: Arc<Client>,
	sync: Arc<SyncingService<Block>>,
	snapshots: Arc<dyn SnapshotSource<Block>>,
	view: View,
) -> BoxStream<'static, Event>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
	<Block::Header as HeaderT>::Number: Into<u64>,
{
	let session = move |snapshot: Snapshot| {
		let snapshot = Arc::new(snapshot);
		view.snapshot(snapshot.clone());
		Event::Snapshot(snapshot)
	};
	let first = snapshots.snapshot(client.info().finalized_hash).map(&session);
	let tell = sync.clone();
	let imported = client.every_import_notification_stream().then(move |block| {
		let sync = tell.clone();
		async move {
			tell_sync(&sync, &block).await;
			Event::Imported(Hash(block.hash.0))
		}
	});
	let finalised = client.finality_notification_stream().flat_map(move |block| {
		let number: u64 = (*block.header.number()).into();
		// Heights beyond 2^32 are as far as any chain goes.
		let finalised = Event::Finalised(u32::try_from(number).unwrap_or(u32::MAX));
		let snapshot = snapshots.snapshot(block.hash).map(&session);
		stream::iter([Some(finalised), snapshot].into_iter().flatten())
	});
	let syncing = stream::unfold(None, move |before| {
		let sync = sync.clone();
		async move {
			loop {
				let now = sync.is_major_syncing();
				if before != Some(now) {
					return Some((Event::Syncing(now), Some(now)));
				}
				Delay::new(LOOK).await;
			}
		}
	});
	let first = stream::iter(first);
	first.chain(stream::select(stream::select(imported, finalised), syncing)).boxed()
}

/// With an import the announcements of a block are let go. By then the sync must know of it: it hears
/// of imports in a way of its own, and what it hears of from others first it downloads once more.
async fn tell_sync<Block: BlockT>(
	sync: &SyncingService<Block>,
	block: &BlockImportNotification<Block>,
) {
	// Far behind, fan-out is off, and the sync itself imports.
	if !block.is_new_best || sync.is_major_syncing() {
		return;
	}
	sync.new_best_block_imported(block.hash, *block.header.number());
	// It does one thing after the other: when it answers, it knows.
	if sync.status().await.is_err() {
		log::debug!(target: crate::LOG_TARGET, "there is no sync any more");
	}
}
