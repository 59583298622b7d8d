//! Text from a policy: the settings of a layer one below the other, in a fixed order, so that two versions
//! can be compared line by line.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Node;

/// TOML with one `[[layers]]` block per layer and everything inside it on a line of its own.
#[cfg(feature = "serde")]
pub(super) fn toml(policy: &Node) -> String {
    let mut text = String::new();
    for (key, value) in policy.fields() {
        match value {
            Node::List(items) if items.iter().any(|item| matches!(item, Node::Table(_))) => {
                for item in items {
                    text.push_str(&format!("\n[[{key}]]\n"));
                    for (key, value) in item.fields() {
                        text.push_str(&format!("{} = {}\n", bare(key), inline(value, &TOML)));
                    }
                }
            }
            // The layers of a policy without any.
            Node::List(items) if items.is_empty() && key == "layers" => {}
            _ => text.push_str(&format!("{} = {}\n", bare(key), inline(value, &TOML))),
        }
    }
    text
}

/// JSON with the same lines.
#[cfg(feature = "serde")]
pub(super) fn json(policy: &Node) -> String {
    let block = |node: &Node, indent: &str| {
        let line =
            |(key, value): &(String, Node)| format!("{indent}  {}: {}", quoted(key), inline(value, &JSON));
        let lines: Vec<String> = node.fields().iter().map(line).collect();
        format!("{{\n{}\n{indent}}}", lines.join(",\n"))
    };
    let line = |(key, value): &(String, Node)| match value {
        Node::List(items) if items.iter().any(|item| matches!(item, Node::Table(_))) => {
            let blocks: Vec<String> = items
                .iter()
                .map(|item| format!("    {}", block(item, "    ")))
                .collect();
            format!("  {}: [\n{}\n  ]", quoted(key), blocks.join(",\n"))
        }
        _ => format!("  {}: {}", quoted(key), inline(value, &JSON)),
    };
    let lines: Vec<String> = policy.fields().iter().map(line).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

struct Syntax {
    key: fn(&str) -> String,
    equals: &'static str,
}

const TOML: Syntax = Syntax {
    key: bare,
    equals: " = ",
};
#[cfg(feature = "serde")]
const JSON: Syntax = Syntax {
    key: quoted,
    equals: ": ",
};

/// One value on one line, as in TOML.
pub(in crate::policy) fn inline_text(node: &Node) -> String {
    inline(node, &TOML)
}

fn inline(node: &Node, syntax: &Syntax) -> String {
    match node {
        Node::Boolean(yes) => yes.to_string(),
        Node::Integer(number) => number.to_string(),
        Node::Text(text) => quoted(text),
        Node::List(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(item, syntax)).collect();
            format!("[{}]", items.join(", "))
        }
        Node::Table(entries) => {
            let entry = |(key, value): &(String, Node)| {
                format!("{}{}{}", (syntax.key)(key), syntax.equals, inline(value, syntax))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Node::Other(_) => String::from("null"),
    }
}

/// A TOML key, in quotes only when it needs them.
fn bare(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(plain) {
        key.into()
    } else {
        quoted(key)
    }
}

/// A text in quotes. The escapes of JSON are escapes of TOML too; TOML also wants DEL escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if character.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
