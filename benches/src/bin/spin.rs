//! temp
use benches::decision::{Case, Set};
fn main() {
    let which = std::env::args().nth(1).unwrap();
    let mut case = if which == "exact" {
        Case::exact(1000).unwrap()
    } else {
        Case::patterns(
            if which == "mixed" { Set::Mixed } else { Set::Prefix },
            std::env::args().nth(2).unwrap().parse().unwrap(),
        )
        .unwrap()
    };
    case.warm();
    case.warm();
    let mut n = 0usize;
    let mut all = Vec::new();
    for _ in 0..4000 {
        let t = std::time::Instant::now();
        for _ in 0..4096 {
            n += usize::from(case.decide());
        }
        all.push(t.elapsed().as_nanos() as f64 / 4096.0);
    }
    all.sort_by(f64::total_cmp);
    eprintln!(
        "{:?} {n} best {:.0} 10% {:.0} median {:.0}",
        std::env::args().skip(1).collect::<Vec<_>>(),
        all[0],
        all[400],
        all[2000]
    );
}
