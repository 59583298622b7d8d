//! The Merkle tree hash of RFC 6962, section 2.1, over leaves that come one after the other.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

/// The peaks of a tree that grows to the right: one perfect tree for each bit of the number of leaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree(Vec<(u32, [u8; 32])>);

impl Tree {
    /// Adds a leaf behind all others.
    pub(crate) fn add(&mut self, leaf: &[u8]) {
        let mut node = Sha256::new()
            .chain_update([0])
            .chain_update(leaf)
            .finalize()
            .into();
        let mut height = 0_u32;
        while let Some((_, left)) = self.0.pop_if(|(other, _)| *other == height) {
            node = parent(&left, &node);
            height = height.saturating_add(1);
        }
        self.0.push((height, node));
    }

    /// The root over all leaves so far.
    pub(crate) fn root(&self) -> [u8; 32] {
        let nodes = self.0.iter().rev().map(|(_, node)| *node);
        nodes
            .reduce(|right, left| parent(&left, &right))
            .unwrap_or_else(|| Sha256::digest([]).into())
    }
}

fn parent(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn hex(bytes: [u8; 32]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The roots that implementations of Certificate Transparency are tested with.
    #[test]
    fn the_roots_are_those_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut tree = Tree::default();
        let mut roots = Vec::from([hex(tree.root())]);
        for leaf in leaves {
            tree.add(leaf);
            roots.push(hex(tree.root()));
        }
        assert_eq!(
            roots,
            [
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ]
        );
    }
}
