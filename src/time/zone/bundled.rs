//! Named zones from the database compiled into `jiff`.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::ZoneError;

#[derive(Clone)]
pub(super) struct Rules(TimeZone);

impl Rules {
    pub(super) fn get(name: &str) -> Result<Self, ZoneError> {
        // Asked by name, never through `jiff::tz::db()`: that one reads the server's files as soon as any
        // other crate of the host switches jiff's default features on.
        TimeZoneDatabase::bundled()
            .get(name)
            .ok()
            // The database ignores capitals; `iana_name` tells how it writes the name itself.
            .filter(|zone| zone.iana_name() == Some(name) && !zone.is_unknown() && name != "Factory")
            .map(Self)
            .ok_or(ZoneError::Unknown)
    }

    pub(super) fn offset_at(&self, utc: i64) -> i64 {
        let seconds = self.0.to_offset(instant(utc)).seconds();
        i64::from(seconds).saturating_mul(1000)
    }

    pub(super) fn next_change(&self, utc: i64) -> Option<i64> {
        let change = self.0.following(instant(utc)).next()?;
        Some(change.timestamp().as_millisecond()).filter(|change| *change > utc)
    }
}

/// The same instant for `jiff`, pressed into its range: years -9999 to 9999 with room for any offset.
fn instant(utc: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(utc).unwrap_or(if utc < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}
