//! Words that outlive the code: each with a number for the record and a name for people and exports.

/// Defines a vocabulary: number, variant and stable name of each word, in one place.
macro_rules! vocabulary {
    ($(#[$about:meta])* $vocabulary:ident { $($(#[$doc:meta])* $number:literal $word:ident = $text:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
        #[cbor(index_only)]
        #[non_exhaustive]
        pub enum $vocabulary {
            $($(#[$doc])* #[n($number)] $word,)*
        }

        impl $vocabulary {
            /// Every word of it.
            pub const ALL: &[Self] = &[$(Self::$word,)*];

            /// The stable name, in snake case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)*
                }
            }
        }

        impl core::fmt::Display for $vocabulary {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(super) use vocabulary;
