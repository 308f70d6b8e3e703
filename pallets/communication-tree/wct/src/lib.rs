//! # Communication trees
//!
//! Puts data aggregators into the tree down which a block travels (section 3.2 of the paper), so that
//! every machine that knows the same nodes builds the same tree: integers only, a total order, no
//! randomness, no panic. The pallet, the network protocol and the laboratory use this very crate.
//!
//! ```
//! use voltree_wct::{Node, Ranking, Settings, Strategy, Weights};
//!
//! let nodes = [(900_000_000, 3), (950_000_000, 1), (700_000_000, 2), (850_000_000, 1)]
//!     .map(|(trust, link)| Node { trust, link });
//! let settings = Settings {
//!     trust_threshold: 800_000_000,
//!     overhead_threshold: u32::MAX,
//!     weights: Weights { trust: 1, link: 1 },
//! };
//! // Sorted once; then a tree for each accounting node.
//! let ranking = Ranking::new(&nodes, None, settings, Strategy::Wct)?;
//! let tree = ranking.tree(Some(1))?;
//! assert_eq!(tree.sequence(), [1, 0, 3, 2]);
//! assert_eq!(tree.parents(), [Some(1), None, Some(0), Some(0)]);
//! assert_eq!(tree.measures().rounds, 2);
//! # Ok::<(), voltree_wct::Error>(())
//! ```
//!
//! ## Words
//!
//! *Trust* is in parts per billion, the *linking number* (`link`) is to how many others a node can
//! forward, an *overhead* belongs to an edge. The *root* of a tree is the *accounting node*. Who
//! forwards is a *forwarder*, the others are leaves. A tree is compared by its [`Measures`].
//!
//! ## Strategies
//!
//! | [`Strategy`] | what it does | where it loses |
//! |---|---|---|
//! | `lft` | by linking number | knows no trust: less than half of the nodes can expect the block |
//! | `tft` | by trust | two to three times the rounds, the least concurrency |
//! | `wct` | the paper's Algorithm 1 | with the paper's weights trust does not count among the trusted; untrusted ones forward as they happen to come; overheads only from the root |
//! | `scaled` | Algorithm 1, trust and links brought to the same range | rounds and concurrency, for trust, as the weight says |
//! | `balanced` | the most trusted tree that is as fast and as wide as `wct` | knows no overheads; in the paper's population there is often nothing to gain |
//! | `edge-aware` | `balanced`, then overheads on every edge and the time to the last node | with overheads: more rounds, a little trust, and O(n²) time |
//!
//! [`Strategy::DEFAULT`] is `edge-aware`: without overheads it is `balanced`, and `balanced` is never
//! worse than `wct` in overall trust, rounds or concurrency. [`adaptive`] says what linking numbers
//! should be; [`striped`] cuts the block, so that all forwarders send at the same time. Both go with
//! any strategy: small blocks directly, medium ones whole down one tree with adaptive linking
//! numbers, large ones in stripes. Which is which depends on the network; the laboratory predicts
//! and simulates it.
//!
//! ## Algorithm 1, exactly
//!
//! 1. Nodes with at least the threshold are trusted. The others keep their order, at the end.
//! 2. The trusted are ordered by `w_t * trust + w_l * link * 10^9`, then higher trust, then lower
//!    index.
//! 3. The root goes first, whatever its trust: the given one, else the first of the order (if nobody
//!    is trusted, the first of the input).
//! 4. Trusted nodes to which the root's overhead is above the threshold go behind the other trusted
//!    ones, in their order.
//! 5. Along this sequence each attached node takes the next `link` nodes as children. When all links
//!    of attached nodes are used and nodes remain, the next one goes to the earliest attached node
//!    among those with the fewest extra children, and the walk goes on.
//!
//! LFT and TFT order all nodes by link or trust, then by index; a given root goes first; then 5.
//!
//! The text of section 3.2 decides, as the listing of Algorithm 1 has misprints:
//!
//! | line | prints | the text | here |
//! |---|---|---|---|
//! | 1-5 | moves nodes to the end of the sequence it walks along, which would skip some and meet others again | one traversal | a stable partition |
//! | 6 | "greater than" the threshold | `t_k >= t_thre` for all `k <= j` | at least |
//! | 8 | `w_i * t_i` | `w_t * t_i` | `w_t` |
//! | 11 | `for i in [1, i]` | "the first j nodes" | `[1, j]`, before anything is moved |
//! | 13 | "behind the node v_i" | "after the node v_j" | behind the last near one who is trusted, in their order |
//! | 19, 21 | `v_n`, `l_n` | "the next adjacent node" | `v_p`, `l_p` |
//! | 22-24 | edges `(v_1, v_k)` for `k` from 1 to `m` | the first m of those who remain, to the current root | `(v_p, v_k)`, `v_k` the next ones in the sequence |
//! | Table 2 | goals: LFT reliability, TFT short delay | LFT: communication performance; TFT: trust | the goals are swapped |
//!
//! The listing does not end if all links are used before all nodes are attached; rule 5 does.
//!
//! ## Why `balanced` gains what it gains
//!
//! A tree is decided by who forwards, and in which order. Overall trust only asks who forwards: it is
//! highest if the most trusted do. Rounds are fewest if those with the most links come first. And
//! concurrency is at most `n - k` if `k` of `n` nodes forward: down to any depth each forward reaches
//! one node more, and each forwarder is one of those reached. So the fewer forward, the wider the
//! tree. `balanced` lets each forwarder cost a price in trust, chooses those with the largest
//! `trust - price / link`, looks for the least price at which the tree is no slower and no narrower
//! than Algorithm 1's, and then exchanges some of one linking number for some of another. Where
//! growth is too fast for a wide level, some of those with the most links are held back. If nothing
//! is found, it keeps Algorithm 1's levels and forwarders. Nobody untrusted forwards as long as the
//! trusted ones' links can carry the tree; else the best of them do, behind the trusted.
//!
//! In the paper's population, all trusted nodes with 2 or 3 links come first in Algorithm 1, and the
//! links of the trusted together are about as many as there are nodes. Then, if they can carry the
//! tree, Algorithm 1 reaches `n - k` with the fewest and most trusted forwarders there are: **no tree
//! that respects the linking numbers is better in one measure and worse in none**, unless untrusted
//! nodes forward, and for 50 nodes not even then. Only where the trusted cannot carry the tree is
//! there something to gain. `balanced` gains it in every seed. It also exchanges nodes within levels,
//! which changes none of the measures: those with the best chance to have got the block get the
//! children who have the most below them.
//!
//! Means over 200 seeds of the paper's population with weights 1:1, `cargo run --release -p
//! voltree-wct --example compare`. *Expected reach* is the share of nodes that get the block if each
//! node forwards with the probability of its trust.
//!
//! | nodes, threshold | strategy | overall trust | rounds | concurrency | expected reach |
//! |---|---|---|---|---|---|
//! | 50, 0.8 | lft | 0.8013 | 5.00 | 14.0 | 0.485 |
//! | | tft | 0.9032 | 12.30 | 10.4 | 0.694 |
//! | | wct | 0.9022 | 5.85 | 11.5 | 0.730 |
//! | | scaled | 0.9022 | 6.71 | 11.4 | 0.754 |
//! | | balanced | 0.9031 | 5.85 | 11.5 | 0.746 |
//! | 1000, 0.8 | lft | 0.7991 | 8.00 | 251.0 | 0.255 |
//! | | tft | 0.8998 | 27.14 | 183.5 | 0.623 |
//! | | wct | 0.8986 | 9.02 | 200.3 | 0.676 |
//! | | scaled | 0.8986 | 10.08 | 200.2 | 0.698 |
//! | | balanced | 0.8998 | 9.02 | 200.3 | 0.680 |
//! | 50, 0.5 | wct | 0.8977 | 5.47 | 12.4 | 0.709 |
//! | | scaled | 0.8999 | 5.75 | 12.1 | 0.731 |
//! | | balanced | 0.8977 | 5.47 | 12.4 | 0.728 |
//! | 1000, 0.5 | wct | 0.8945 | 8.99 | 219.5 | 0.653 |
//! | | scaled | 0.8970 | 9.00 | 212.8 | 0.674 |
//! | | balanced | 0.8945 | 8.99 | 219.5 | 0.663 |
//! | 200 with 1 to 12 links and any trust, 0.25 | lft | 0.5022 | 3.00 | 143.7 | 0.241 |
//! | | tft | 0.9218 | 3.27 | 135.9 | 0.905 |
//! | | wct | 0.6718 | 3.00 | 142.2 | 0.621 |
//! | | scaled | 0.8678 | 3.00 | 126.4 | 0.825 |
//! | | balanced | 0.9063 | 3.00 | 152.1 | 0.818 |
//!
//! | 200 seeds, paired | worse than `wct` | better | can be better at all |
//! |---|---|---|---|
//! | 50 nodes, 0.8 | 0 | 19 | 19 |
//! | 1000 nodes, 0.8 | 0 | 96 | 96 |
//! | 50 nodes, 0.5 | 0 | 1 | 1 |
//! | 1000 nodes, 0.5 | 0 | 0 | 0 (94 if untrusted nodes forward needlessly) |
//!
//! More nodes can expect the block than with `wct` in all 800. Among all trees over 4 to 7 nodes with
//! up to 4 links (`tests/trees/exhaustive.rs`), `balanced` is the most trusted one that is as fast
//! and as wide as `wct` in 299 of 300 cases, with 99.5 % of the trust that can be gained.
//!
//! ## Why the paper's two weights give the same tree
//!
//! Trust of the trusted lies between 0.8 and 1, so its whole range is worth `0.2 w_t`, and one link
//! more is worth `w_l`: with 1:1 and with 3:2, and up to 5:1, the order is by link, then by trust.
//! `scaled` maps trust from the threshold to 1, and links from 0 to the largest linking number of a
//! trusted node, to 0 to 1 each, exactly. Its weight moves the tree from LFT to TFT.
//!
//! ## Overheads
//!
//! Means over 200 maps of 80 ms by 80 ms, 50 nodes, threshold 60 ms:
//!
//! | sending takes | strategy | last node | edges too far | overall trust | rounds |
//! |---|---|---|---|---|---|
//! | 0 ms | wct | 359 ms | 9.7 | 0.8984 | 7.3 |
//! | | balanced | 353 ms | 11.2 | 0.9008 | 6.7 |
//! | | edge-aware | 166 ms | 0.0 | 0.8983 | 8.5 |
//! | 50 ms | wct | 822 ms | 9.7 | 0.8984 | 7.3 |
//! | | balanced | 794 ms | 11.2 | 0.9008 | 6.7 |
//! | | edge-aware | 600 ms | 0.0 | 0.8989 | 7.6 |
//!
//! A node sends to its children one after the other; an edge costs its overhead and the sending time
//! ([`Ranking::with_sending_time`]). No edge above the threshold is used while for that node there is
//! another one, from somebody who has a link left; if there is none, the least bad one is, and
//! [`Tree::over_threshold`] counts these. Nodes make room for those who have no choice. Then nodes
//! are moved and exchanged as long as the last node receives sooner, by looking at changes on the way
//! to it. Making room and exchanging stop after a fixed multiple of the n² edges has been looked at;
//! only then may an edge be too far though there is a better one. Among all trees over 4 to 7 nodes
//! that respect links and threshold, it is the fastest in 134 of 200 cases and 3.8 % slower than the
//! fastest on average.
//!
//! ## Cost
//!
//! Sorting is O(n log n), a tree from another root O(n) (by chance of each level: O(n log n) without
//! sorting all), overheads O(n²). `cargo bench -p voltree-wct` prints how times grow.
#![no_std]

extern crate alloc;

mod attach;
mod balanced;
mod edge;
mod error;
mod input;
mod pool;
mod ranking;
mod sequence;
mod strategy;
mod tree;

pub mod adaptive;
pub mod plan;
pub mod striped;

pub use error::Error;
pub use input::{Node, Overheads, Settings, Weights, TRUST_UNIT};
pub use ranking::{tree, Ranking};
pub use strategy::{Strategy, UnknownStrategy};
pub use tree::{Measures, Tree};
