//! RPC methods beyond those the SDK's service brings itself.
//!
//! | Group | For |
//! |---|---|
//! | `system_accountNextIndex`, `system_dryRun` | wallets: the nonce of the next transaction |
//! | `payment_queryInfo`, `payment_queryFeeDetails` | wallets: the fee of a transaction |

use crate::service::{Block, FullClient, FullPool};
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};
use voltree_runtime::{AccountId, Nonce};

/// The methods of this node that the SDK's service does not bring itself.
pub fn create(
	client: Arc<FullClient>,
	pool: Arc<FullPool>,
) -> Result<RpcModule<()>, RegisterMethodError> {
	let mut module = RpcModule::new(());
	module.merge(SystemApiServer::<_, AccountId, Nonce>::into_rpc(System::new(
		client.clone(),
		pool,
	)))?;
	module.merge(TransactionPayment::<_, Block>::new(client).into_rpc())?;
	Ok(module)
}
