//! temp
use benches::decision::*;
fn main() {
    let patterns = Set::Mixed.patterns(10_000);
    let checked = grants(&patterns).unwrap();
    let mut all = Vec::new();
    for _ in 0..30 {
        let c = checked.clone();
        let t = std::time::Instant::now();
        let x = compile(c).unwrap();
        all.push(t.elapsed());
        std::hint::black_box(&x);
        let t = std::time::Instant::now();
        drop(x);
        if all.len() == 1 {
            eprintln!("drop {:?}", t.elapsed());
        }
    }
    all.sort();
    eprintln!("compile best {:?} median {:?}", all[0], all[15]);
    let mut all = Vec::new();
    for _ in 0..20 {
        let t = std::time::Instant::now();
        let x = grants(&patterns).unwrap();
        all.push(t.elapsed());
        drop(x);
    }
    all.sort();
    eprintln!("check best {:?} median {:?}", all[0], all[10]);
}
