//! The promises of products as rehearsals, one test for each file under `tests/rehearsals`, on every store; and
//! what the reader and the reports say when a file is wrong.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

#[path = "rehearsals/mistakes.rs"]
mod mistakes;
#[path = "rehearsals/words.rs"]
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use medfactor::rehearsal::{Rehearsal, Report, run};
use medfactor::store::MemoryStore;
use medfactor::testing::{Faults, FaultyStore};
use pollster::FutureExt as _;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rehearsals")
}

/// Runs a rehearsal on every store there is, and on one where every fourth commit finds that somebody was faster.
fn on_every_store(rehearsal: &Rehearsal) -> [Report; 2] {
    let busy = FaultyStore::new(MemoryStore::new(), 1);
    let mut faults = Faults::default();
    faults.conflict = 64;
    busy.set(faults);
    [
        run(rehearsal, MemoryStore::new()).block_on().unwrap(),
        run(rehearsal, busy).block_on().unwrap(),
    ]
}

fn goes_as_expected(product: &str, name: &str) {
    let file = folder().join(product).join(name).with_extension("toml");
    let text = fs::read_to_string(&file).unwrap();
    let rehearsal = Rehearsal::parse(&text).unwrap_or_else(|error| panic!("{}:\n{error}", file.display()));
    for report in on_every_store(&rehearsal) {
        let failures: Vec<_> = report
            .failures()
            .map(|failure| format!("{}:{}: {failure}", file.display(), failure.line))
            .collect();
        assert!(failures.is_empty(), "\n{}\n{report}", failures.join("\n"));
    }
}

macro_rules! rehearsals {
    ($($product:ident: $($name:ident)*;)*) => {
        const LISTED: &[(&str, &str)] = &[$($((stringify!($product), stringify!($name)),)*)*];

        $(mod $product {
            $(#[test]
            fn $name() {
                super::goes_as_expected(stringify!($product), stringify!($name));
            })*
        })*
    };
}

rehearsals! {
    ambiguous: a_s01_1 a_s01_11 a_s01_3 a_s01_5 a_s01_7_calendar a_s01_7_earlier_of a_s01_7_later_of
        a_s01_7_rolling a_s01_9 a_s02_2 a_s02_4 a_s02_6 a_s03_1 a_s04_1 a_s04_3 a_s05_2 a_s07_2 a_s07_6
        a_s08_2 a_s08_4 a_s09_1 a_s09_1_record a_s11_2 a_s12_1 a_s12_1_rolling a_s12_3 a_s13_1 a_s13_3
        a_s13_5 a_s16_2 a_s22_2;
    cliniko: c_s01 c_s02 c_s02_deny c_s03 c_s03_late c_s05 c_s07 c_s08 c_s09 c_s10 c_s10_trust c_s11 c_s14
        c_s16 c_s17 c_s18 c_s20 c_s21 c_s22 c_s23 c_s24 c_s25 c_s26 c_s27 c_s28 c_s29 c_s30;
    exact: e_s01 e_s02 e_s03 e_s04 e_s04_end e_s05 e_s07 e_s08 e_s09 e_s10 e_s11 e_s12 e_s12_mail e_s13
        e_s14 e_s15 e_s16 e_s16_page e_s17 e_s18 e_s19 e_s20 e_s21 e_s22 e_s23 e_s23_on e_s24
        e_s24_signal;
    library: authenticators cancelled devices emergencies exemptions failures locked locked_settings
        notices people policies programs proved_elsewhere sessions trail;
    securevideo: v_s01 v_s02 v_s03 v_s04 v_s05 v_s06 v_s07 v_s08 v_s09 v_s10 v_s11 v_s12 v_s13
        v_s13_recoverable v_s14 v_s15 v_s17 v_s19 v_s20 v_s21 v_s22;
    writeup: w_s01 w_s02 w_s03 w_s04 w_s05 w_s06 w_s07 w_s08 w_s09 w_s10 w_s11 w_s12 w_s13 w_s15 w_s16
        w_s17 w_s18 w_s19 w_s20 w_s21 w_s22 w_s23 w_s23_at_once w_s24 w_s24_over;
    wrs: h_s01 h_s02 h_s03 h_s04 h_s05 h_s07 h_s08 h_s09 h_s10 h_s11 h_s12 h_s13 h_s14 h_s15 h_s16 h_s17
        h_s17_always h_s18 h_s19 h_s20 h_s21 h_s22 h_s23 h_s24 h_s24_keep h_s25 h_s26 h_s27;
}

#[test]
fn every_file_is_listed() {
    let mut found = BTreeSet::new();
    for product in fs::read_dir(folder()).unwrap().map(Result::unwrap) {
        if product.file_type().unwrap().is_dir() {
            for file in fs::read_dir(product.path()).unwrap().map(Result::unwrap) {
                let name = file.path().file_stem().unwrap().to_string_lossy().into_owned();
                found.insert((product.file_name().to_string_lossy().into_owned(), name));
            }
        }
    }
    let listed: BTreeSet<_> = LISTED
        .iter()
        .map(|(product, name)| (String::from(*product), String::from(*name)))
        .collect();
    assert_eq!(
        found, listed,
        "every file of tests/rehearsals belongs into the list above"
    );
}
