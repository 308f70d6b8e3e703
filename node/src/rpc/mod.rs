//! RPC methods beyond those the SDK's service brings itself.
//!
//! | Group | For |
//! |---|---|
//! | `system_accountNextIndex`, `system_dryRun` | wallets: the nonce of the next transaction |
//! | `payment_queryInfo`, `payment_queryFeeDetails` | wallets: the fee of a transaction |
//! | `fanOut_status`, `fanOut_tree`, `fanOut_stop` | operators: [`fan_out`] |
//! | `voltree_readiness` | operators: [`crate::health`] |

mod fan_out;

use crate::{
	fan_out::Handle,
	health::Health,
	service::{Block, FullClient, FullPool},
};
use fan_out::FanOut;
use jsonrpsee::{core::RegisterMethodError, types::ErrorObjectOwned, RpcModule};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};
use voltree_runtime::{AccountId, Nonce};

/// What the methods ask.
#[derive(Clone)]
pub struct Parts {
	/// Reads and executes.
	pub client: Arc<FullClient>,
	/// What is to go into blocks.
	pub pool: Arc<FullPool>,
	/// The fan-out's task; `None` where it is off.
	pub fan_out: Option<Handle>,
	/// Knows whether the node is ready.
	pub health: Health,
}

/// The methods of this node that the SDK's service does not bring itself.
pub fn create(parts: Parts) -> Result<RpcModule<()>, RegisterMethodError> {
	let Parts { client, pool, fan_out, health } = parts;
	let mut module = RpcModule::new(());
	module.merge(SystemApiServer::<_, AccountId, Nonce>::into_rpc(System::new(
		client.clone(),
		pool,
	)))?;
	module.merge(TransactionPayment::<_, Block>::new(client.clone()).into_rpc())?;
	module.merge(FanOut { client, handle: fan_out }.into_rpc()?)?;
	module.register_method("voltree_readiness", move |_, (), _| {
		Ok::<_, ErrorObjectOwned>(health.readiness())
	})?;
	Ok(module)
}
