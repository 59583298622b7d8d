use core::fmt;

/// What an actor may do to a practice, if the directory lets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Save the practice's own settings (row W13).
    SaveSettings,
    /// Let somebody off a waivable requirement: the vendor's word, not the practice's (row E03).
    GrantWaiver,
    /// End a waiver (row E04).
    WithdrawWaiver,
    /// Get a code to read out to somebody they have identified (row E23).
    IssueBypassCode,
    /// Approve another person's emergency.
    ApproveEmergency,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] = [
        Self::SaveSettings,
        Self::GrantWaiver,
        Self::WithdrawWaiver,
        Self::IssueBypassCode,
        Self::ApproveEmergency,
    ];

    /// `save_settings`, `grant_waiver`, `withdraw_waiver`, `issue_bypass_code`, `approve_emergency`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SaveSettings => "save_settings",
            Self::GrantWaiver => "grant_waiver",
            Self::WithdrawWaiver => "withdraw_waiver",
            Self::IssueBypassCode => "issue_bypass_code",
            Self::ApproveEmergency => "approve_emergency",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
