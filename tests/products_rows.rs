//! `docs/products.md` says of every row of the five products where it is kept and what proves it. Here that is held
//! against the tests there are.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop where they fail"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How many rows each product has.
const ROWS: [(char, usize); 5] = [('W', 24), ('V', 23), ('C', 31), ('E', 25), ('H', 28)];

struct Row {
    id: String,
    scope: String,
    place: String,
    proofs: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/products.md")).unwrap();
    let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().into()).collect() };
    let is_row = |cells: &Vec<String>| {
        cells.len() == 7 && cells[1].len() == 3 && cells[1][1..].bytes().all(|b| b.is_ascii_digit())
    };
    text.lines()
        .map(cells)
        .filter(is_row)
        .map(|cells| Row {
            id: cells[1].clone(),
            scope: cells[2].clone(),
            place: cells[4].clone(),
            proofs: cells[5].split('`').skip(1).step_by(2).map(String::from).collect(),
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Every function that is marked as a test.
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root().join("tests"), &mut files);
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line == "#[test]" {
                is_test = true;
            } else if let Some(rest) = line.strip_prefix("fn ") {
                let name = rest.split(['(', '<']).next().unwrap();
                if is_test {
                    names.insert(name.to_string());
                }
                is_test = false;
            }
        }
    }
    names
}

#[test]
fn every_row_is_listed_once() {
    let listed: Vec<String> = rows().into_iter().map(|row| row.id).collect();
    let all: Vec<String> = ROWS
        .iter()
        .flat_map(|(product, count)| (1..=*count).map(move |number| format!("{product}{number:02}")))
        .collect();
    assert_eq!(listed, all);
}

#[test]
fn every_row_the_library_keeps_has_a_place_and_a_test_of_its_own() {
    let tests = tests();
    for row in rows() {
        match row.scope.as_str() {
            "IN" | "HOOK" => {
                let own = format!("{}_", row.id.to_lowercase());
                assert!(!row.place.is_empty(), "{}: where is it kept?", row.id);
                assert!(!row.proofs.is_empty(), "{}: what proves it?", row.id);
                for proof in &row.proofs {
                    assert!(
                        proof.starts_with(&own),
                        "{}: {proof} is a test of another row",
                        row.id
                    );
                    assert!(tests.contains(proof), "{}: there is no test {proof}", row.id);
                }
            }
            "HOST" | "OUT" => {}
            scope => panic!("{}: what is {scope}?", row.id),
        }
    }
}
