//! scratch
#[path = "../tests/common/random.rs"]
mod random;
use random::*;
use voltree_wct::*;
fn bound(nodes: &[Node], k: usize) -> u128 {
	let n = nodes.len();
	let cls = |l: u32| {
		let mut v: Vec<u64> =
			nodes.iter().filter(|x| x.link == l).map(|x| x.trust as u64).collect();
		v.sort();
		v.reverse();
		v
	};
	let c = [vec![], cls(1), cls(2), cls(3)];
	let pre = |v: &Vec<u64>| {
		let mut p = vec![0u64];
		for x in v {
			p.push(p.last().unwrap() + x);
		}
		p
	};
	let p: Vec<Vec<u64>> = c.iter().map(pre).collect();
	let mut best = 0;
	for k3 in 0..p[3].len() {
		for k2 in 0..p[2].len() {
			for over in 0..3i64 {
				let k1 = n as i64 - 1 - 3 * k3 as i64 - 2 * k2 as i64 + over;
				if k1 < 0 || k1 as usize >= p[1].len() || k1 as usize + k2 + k3 > k {
					continue;
				}
				let mut s = 3 * p[3][k3] + 2 * p[2][k2] + p[1][k1 as usize];
				let mut u = vec![];
				if k3 > 0 {
					u.push((c[3][k3 - 1], 2))
				}
				if k2 > 0 {
					u.push((c[2][k2 - 1], 1))
				}
				u.sort();
				let mut o = over as u64;
				for (t, m) in u {
					let x = o.min(m);
					s -= x * t;
					o -= x;
				}
				if o > 0 {
					continue;
				}
				best = best.max(s as u128);
			}
		}
	}
	best
}
fn main() {
	for thr in [HONEST, TRUST_UNIT / 2] {
		for n in [50usize, 1000] {
			let (mut strict, mut worse, mut poss, mut lack) = (0, 0, 0, 0);
			let mut sums = [[0f64; 4]; 6];
			for seed in 0..200 {
				let nodes = population(n, seed);
				let st = settings(thr);
				let m: Vec<Measures> = Strategy::ALL
					.iter()
					.map(|s| tree(&nodes, None, st, *s, None).unwrap().measures())
					.collect();
				for (i, s) in Strategy::ALL.iter().enumerate() {
					sums[i][3] += tree(&nodes, None, st, *s, None).unwrap().expected_reach(&nodes)
						as f64 / 1e9
				}
				for (i, x) in m.iter().enumerate() {
					sums[i][0] += x.overall_trust as f64 / 1e9;
					sums[i][1] += x.rounds as f64;
					sums[i][2] += x.concurrency as f64;
				}
				let (w, b) = (m[2], m[4]);
				if b.overall_trust < w.overall_trust
					|| b.rounds > w.rounds
					|| b.concurrency < w.concurrency
				{
					worse += 1
				}
				if b.overall_trust > w.overall_trust
					|| b.rounds < w.rounds
					|| b.concurrency > w.concurrency
				{
					strict += 1
				}
				let cap: u32 = nodes.iter().filter(|x| x.trust >= thr).map(|x| x.link).sum();
				if (cap as usize) < n - 1 {
					lack += 1
				}
				let k = n - w.concurrency as usize;
				let exact = w.overall_trust as u128;
				if bound(&nodes, k) / (n as u128 - 1) > exact
					|| bound(&nodes, k - 1) / (n as u128 - 1) >= exact
				{
					poss += 1
				}
			}
			println!(
				"thr {thr} n {n}: worse {worse} strict {strict} possible<= {poss} lacking {lack}"
			);
			for (i, s) in Strategy::ALL.iter().enumerate() {
				println!(
					"   {s:>12} {:.5} {:.2} {:.2} reach {:.4}",
					sums[i][0] / 200.,
					sums[i][1] / 200.,
					sums[i][2] / 200.,
					sums[i][3] / 200.
				)
			}
		}
	}
	// speed
	for n in [50usize, 1000, 100_000, 1_000_000] {
		let nodes = population(n, 7);
		for s in [Strategy::Wct, Strategy::Balanced] {
			for thr in [HONEST, TRUST_UNIT / 2] {
				let t = std::time::Instant::now();
				let r = Ranking::new(&nodes, None, settings(thr), s).unwrap();
				let a = t.elapsed();
				let k = if n <= 1000 { 2000 } else { 3 };
				let t = std::time::Instant::now();
				for i in 0..k {
					std::hint::black_box(r.tree(Some((i * 7 % n) as u32)).unwrap());
				}
				println!("{n} {s} {thr} new {a:?} reroot {:?}", t.elapsed() / k as u32);
			}
		}
	}
}
