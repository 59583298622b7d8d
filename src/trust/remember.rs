/// Whether a device becomes trusted when its user passes a second factor.
///
/// Ordered from strict to lax, so that the strictest of several layers is their minimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RememberMode {
    /// No device is remembered, whatever the page sends.
    Never,
    /// The user ticks a box. The default: on a shared computer only the user knows that it is shared.
    #[default]
    OptIn,
    /// Every device, without asking.
    Always,
}

impl RememberMode {
    /// Every mode, the strictest first.
    pub const ALL: [Self; 3] = [Self::Never, Self::OptIn, Self::Always];

    /// `never`, `opt_in` or `always`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::OptIn => "opt_in",
            Self::Always => "always",
        }
    }

    /// Whether to remember a device whose user did or did not tick the box.
    #[must_use]
    pub const fn remembers(self, ticked: bool) -> bool {
        match self {
            Self::Never => false,
            Self::OptIn => ticked,
            Self::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strictest_first() {
        assert!(RememberMode::ALL.is_sorted());
        assert!(RememberMode::Never < RememberMode::OptIn && RememberMode::OptIn < RememberMode::Always);
    }

    #[test]
    fn h_s17_the_box_counts_only_when_there_is_one() {
        assert!(!RememberMode::Never.remembers(true));
        assert!(RememberMode::OptIn.remembers(true) && !RememberMode::OptIn.remembers(false));
        assert!(RememberMode::Always.remembers(false));
        assert_eq!(RememberMode::default(), RememberMode::OptIn);
    }
}
