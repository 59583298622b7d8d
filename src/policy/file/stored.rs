//! A layer inside a record: the same fields and values as in a file, as CBOR. What is not understood wholly is
//! refused, as in a file.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::data::Type;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::{Node, Place, Problems, layer};
use crate::policy::Policy;
use crate::policy::layer::Layer;

/// How deep the values of a layer are nested at most: a list of rules, each a table with a day in it.
const MAX_DEPTH: u8 = 8;

impl<C> Encode<C> for Layer {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        write(&self.to_node(), e)
    }
}

impl<'b, C> Decode<'b, C> for Layer {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        let node = read(d, MAX_DEPTH)?;
        let mut problems = Problems::default();
        let found = layer::read(Place::new(&node, ""), &Policy::new(), &mut problems);
        match found {
            Some(layer) if problems.is_empty() => Ok(layer.consistent()),
            _ => Err(Error::message("not a layer")),
        }
    }
}

fn write<W: minicbor::encode::Write>(
    node: &Node,
    e: &mut Encoder<W>,
) -> Result<(), minicbor::encode::Error<W::Error>> {
    match node {
        Node::Boolean(yes) => e.bool(*yes)?.ok(),
        Node::Integer(number) => e.i64(i64::try_from(*number).unwrap_or(i64::MAX))?.ok(),
        Node::Text(text) => e.str(text)?.ok(),
        Node::List(items) => {
            e.array(length(items))?;
            items.iter().try_for_each(|item| write(item, e))
        }
        Node::Table(fields) => {
            e.map(length(fields))?;
            fields.iter().try_for_each(|(name, value)| {
                e.str(name)?;
                write(value, e)
            })
        }
        Node::Other(_) => e.null()?.ok(),
    }
}

fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

fn read(d: &mut Decoder<'_>, depth: u8) -> Result<Node, Error> {
    let deeper = depth.checked_sub(1).ok_or(Error::message("nested too deeply"))?;
    match d.datatype()? {
        Type::Bool => d.bool().map(Node::Boolean),
        Type::String => d.str().map(|text| Node::Text(text.into())),
        Type::Array => {
            let count = d.array()?.ok_or(Error::message("a list without a length"))?;
            let mut items = Vec::new();
            for _ in 0..count {
                items.push(read(d, deeper)?);
            }
            Ok(Node::List(items))
        }
        Type::Map => {
            let count = d.map()?.ok_or(Error::message("a table without a length"))?;
            let mut fields: Vec<(String, Node)> = Vec::new();
            for _ in 0..count {
                let name = d.str()?.into();
                fields.push((name, read(d, deeper)?));
            }
            Ok(Node::Table(fields))
        }
        _ => d.i64().map(|number| Node::Integer(number.into())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::samples::{Dice, Sample};

    proptest! {
        #[test]
        fn every_layer_reads_back(seed: u64) {
            let layer = Layer::sample(&mut Dice(seed)).consistent();
            let bytes = minicbor::to_vec(&layer).unwrap();
            prop_assert_eq!(minicbor::decode::<Layer>(&bytes).unwrap(), layer);
        }

        #[test]
        fn any_bytes_are_a_layer_or_an_error(bytes: Vec<u8>) {
            let _ = minicbor::decode::<Layer>(&bytes);
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let unknown = Node::Table(Vec::from([
            ("scope".into(), Node::Text("vendor".into())),
            ("lockd".into(), Node::Boolean(true)),
        ]));
        let mut bytes = Vec::new();
        write(&unknown, &mut Encoder::new(&mut bytes)).unwrap();
        minicbor::decode::<Layer>(&bytes).unwrap_err();
    }
}
