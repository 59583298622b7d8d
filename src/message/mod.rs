//! The texts people read, by stable key.

mod text;

pub use text::Text;
