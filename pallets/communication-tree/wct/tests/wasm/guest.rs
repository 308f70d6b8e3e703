//! The guest: answers as Wasm gives them. The test next to it compiles and runs this.

#![no_std]

#[path = "../common/random.rs"]
mod random;
#[path = "../common/wire.rs"]
mod wire;

use core::{
	alloc::{GlobalAlloc, Layout},
	cell::UnsafeCell,
	ptr::null_mut,
	sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Memory that is given out from one end to the other, and all of it again for the next case.
struct Arena {
	bytes: UnsafeCell<[u8; SIZE]>,
	used: AtomicUsize,
}

const SIZE: usize = 64 << 20;

// A Wasm module has one thread.
unsafe impl Sync for Arena {}

// Each part is given out once between two cases, and aligned.
unsafe impl GlobalAlloc for Arena {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		let start = (self.bytes.get() as usize + self.used.load(Relaxed))
			.next_multiple_of(layout.align())
			- self.bytes.get() as usize;
		match start.checked_add(layout.size()).filter(|end| *end <= SIZE) {
			Some(end) => {
				self.used.store(end, Relaxed);
				unsafe { self.bytes.get().cast::<u8>().add(start) }
			}
			None => null_mut(),
		}
	}

	unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Arena = Arena { bytes: UnsafeCell::new([0; SIZE]), used: AtomicUsize::new(0) };

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
	core::arch::wasm32::unreachable()
}

/// The answers to a case: where they are (upper half) and how many bytes (lower half). They stay
/// until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn answers(case: u64) -> u64 {
	MEMORY.used.store(0, Relaxed);
	let bytes = wire::answers(case).leak();
	(bytes.as_ptr() as u64) << 32 | bytes.len() as u64
}
