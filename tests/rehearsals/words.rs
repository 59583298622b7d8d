//! The lists of the manual are those of the reader.

use std::fs;
use std::path::Path;

use medfactor::rehearsal::vocabulary;

/// `REHEARSAL_WORDS=write cargo test --all-features --test rehearsals words` renews the lists.
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

#[test]
fn every_word_is_used_by_a_rehearsal() {
    let mut files = String::new();
    for product in fs::read_dir(super::folder())
        .unwrap()
        .map(|folder| folder.unwrap().path())
    {
        for file in product.read_dir().into_iter().flatten() {
            files += &fs::read_to_string(file.unwrap().path()).unwrap();
        }
    }
    let words = vocabulary();
    let words = words.split("# Arguments of a step").next().unwrap().lines();
    let words = words.filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let words = words.filter(|word| *word != "does");
    let unused: Vec<_> = words
        .filter(|word| !files.contains(&format!("does = \"{word}\"")))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Operations that are no part of a day: what a retention job asks after it has removed old entries.
const WITHOUT_WORD: &[&str] = &["verify_chain_after", "verify_seal_after"];

/// A new operation needs a word: a row in `src/rehearsal/words.rs` and an arm in `src/rehearsal/play`.
#[test]
fn every_operation_of_the_verifier_has_a_word() {
    let source = |folder: &str| -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files.map(|file| fs::read_to_string(file).unwrap()).collect()
    };
    let (verifier, play) = (source("src/verifier"), source("src/rehearsal/play"));
    let operations = verifier.split("pub async fn ").skip(1);
    let operations = operations.map(|rest| rest.split(['(', '<']).next().unwrap());
    let missing: Vec<_> = operations
        // `submit` is `answer` with fewer words.
        .filter(|name| *name != "submit" && !WITHOUT_WORD.contains(name))
        .filter(|name| !play.contains(&format!(".{name}(")))
        .collect();
    assert!(missing.is_empty(), "no word for {missing:?}");
}
