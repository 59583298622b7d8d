//! Columns that line up.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

/// Each row as a line, every column as wide as its widest cell. A column that is empty but for its head is left
/// out.
pub(super) fn lines(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let width = |row: &Vec<String>| row.get(column).map_or(0, |cell| cell.chars().count());
            match rows.iter().skip(1).map(width).max().unwrap_or_default() {
                0 => 0,
                widest => widest.max(rows.first().map_or(0, width)),
            }
        })
        .collect();
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            line.push_str(&alloc::format!("{cell:width$}  ", width = *width));
        }
        line.trim_end().to_string()
    };
    rows.iter().map(line).collect()
}
