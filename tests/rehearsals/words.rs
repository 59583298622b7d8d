//! The lists of the manual are those of the reader.

use std::fs;
use std::path::Path;

use medfactor::rehearsal::vocabulary;

/// `REHEARSAL_WORDS=write cargo test --features rehearsal --test rehearsals words` renews the lists.
#[test]
fn every_word_is_documented() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manual/rehearsals.md");
    if std::env::var_os("REHEARSAL_WORDS").is_some_and(|wish| wish == "write") {
        fs::write(&file, vocabulary()).unwrap();
    }
    let manual = fs::read_to_string(&file).unwrap();
    assert!(
        manual == vocabulary(),
        "renew src/manual/rehearsals.md, as the comment above this test says"
    );
}
