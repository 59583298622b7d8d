//! Who people are and where they can be reached: the host knows, the library asks.

mod action;
mod contact;
#[cfg(feature = "std")]
mod memory;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug};
use core::future::Future;

use crate::audit::Actor;
use crate::contact::{Channel, Destination};
use crate::ids::{PracticeId, RoleName, SiteId, Subject, SubjectId};
use crate::policy::{Facts, Population};
use crate::time::Zone;

pub use action::Action;
pub use contact::{Contact, Line, NumberRisk};
#[cfg(feature = "std")]
pub use memory::MemoryDirectory;

/// The host's people and practices.
///
/// # Security
/// Destinations come from here alone: no function that sends takes a number or address. What this returns is
/// believed, so it must come from the practice's records and never from the request being answered.
///
/// ```
/// use medfactor::contact::Destination;
/// use medfactor::directory::{Directory, DirectoryError, Person, Practice};
/// use medfactor::ids::{PracticeId, Subject, SubjectId};
/// use medfactor::policy::Population;
///
/// #[derive(Debug)]
/// struct UserTable;
///
/// impl Directory for UserTable {
///     async fn person(&self, subject: &Subject) -> Result<Option<Person>, DirectoryError> {
///         // SELECT mobile FROM users WHERE practice = .. AND id = .. AND active
///         let mobile = "+12125550142";
///         let person = Person::new(subject.clone(), Population::Staff);
///         // A number that is none is as good as no number.
///         Ok(Some(match Destination::sms(mobile) {
///             Ok(mobile) => person.destination(mobile),
///             Err(_) => person,
///         }))
///     }
///
///     async fn practice(&self, _: &PracticeId) -> Result<Option<Practice>, DirectoryError> {
///         Ok(Some(Practice::new("Harbour Clinic")))
///     }
///
///     async fn people(
///         &self, _: &PracticeId, _: Option<&SubjectId>, _: usize,
///     ) -> Result<Vec<Person>, DirectoryError> {
///         Ok(Vec::new())
///     }
/// }
/// ```
pub trait Directory: Debug + Send + Sync {
    /// One person; `None` when the practice has no such person, or no longer.
    ///
    /// # Errors
    /// [`DirectoryError`] when the answer is not known; the caller denies.
    fn person(
        &self,
        subject: &Subject,
    ) -> impl Future<Output = Result<Option<Person>, DirectoryError>> + Send;

    /// One practice; `None` when there is no such practice.
    ///
    /// # Errors
    /// [`DirectoryError`] when the answer is not known; the caller denies.
    fn practice(
        &self,
        practice: &PracticeId,
    ) -> impl Future<Output = Result<Option<Practice>, DirectoryError>> + Send;

    /// Some people of a practice, in a fixed order: at most `limit`, those after `after`.
    ///
    /// # Errors
    /// [`DirectoryError`] when the answer is not known.
    fn people(
        &self,
        practice: &PracticeId,
        after: Option<&SubjectId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Person>, DirectoryError>> + Send;

    /// Whether `actor` may do this to a practice. By default nobody may do anything of the kind: a host that offers
    /// such settings says who.
    ///
    /// # Errors
    /// [`DirectoryError`] when the answer is not known; the caller denies.
    fn may(
        &self,
        actor: &Actor,
        practice: &PracticeId,
        action: Action,
    ) -> impl Future<Output = Result<bool, DirectoryError>> + Send {
        let _ = (actor, practice, action);
        core::future::ready(Ok(false))
    }
}

/// A person as the host knows them. `Debug` shows neither the account name nor a whole destination.
#[derive(Clone)]
pub struct Person {
    subject: Subject,
    population: Population,
    roles: Vec<RoleName>,
    site: Option<SiteId>,
    account_name: String,
    contacts: Vec<Contact>,
    former: Vec<Destination>,
    zone: Option<Zone>,
}

impl Person {
    /// A person without roles or contacts.
    #[must_use]
    pub const fn new(subject: Subject, population: Population) -> Self {
        Self {
            subject,
            population,
            roles: Vec::new(),
            site: None,
            account_name: String::new(),
            contacts: Vec::new(),
            former: Vec::new(),
            zone: None,
        }
    }

    /// With one more role.
    #[must_use]
    pub fn role(mut self, role: RoleName) -> Self {
        self.roles.push(role);
        self
    }

    /// At this site of the practice.
    #[must_use]
    pub fn site(self, site: SiteId) -> Self {
        Self {
            site: Some(site),
            ..self
        }
    }

    /// The name an authenticator app shows, such as the login name. It is used for nothing else.
    #[must_use]
    pub fn account_name(self, name: impl Into<String>) -> Self {
        Self {
            account_name: name.into(),
            ..self
        }
    }

    /// In this time zone. Times are shown to the person in it, and nothing else: no rule of trust and no code ever
    /// asks where somebody is.
    #[must_use]
    pub fn zone(self, zone: Zone) -> Self {
        Self {
            zone: Some(zone),
            ..self
        }
    }

    /// With one more place to send codes to; of several by one channel the first counts.
    #[must_use]
    pub fn destination(self, destination: Destination) -> Self {
        self.contact(Contact::new(destination))
    }

    /// The same, with what is known about it.
    #[must_use]
    pub fn contact(mut self, contact: Contact) -> Self {
        self.contacts.push(contact);
        self
    }

    /// A place the person was reached at until a change, for the notice that goes there (row E19). No code ever does.
    #[must_use]
    pub fn former_destination(mut self, destination: Destination) -> Self {
        self.former.push(destination);
        self
    }

    /// Which person this is.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Staff, patient, guest or service.
    #[must_use]
    pub const fn population(&self) -> Population {
        self.population
    }

    /// The roles; their meaning is the host's.
    #[must_use]
    pub fn roles(&self) -> &[RoleName] {
        &self.roles
    }

    /// The site, if the practice has several.
    #[must_use]
    pub const fn at_site(&self) -> Option<&SiteId> {
        self.site.as_ref()
    }

    /// The name an authenticator app shows; the identifier where the host gave none.
    #[must_use]
    pub fn account(&self) -> &str {
        if self.account_name.is_empty() {
            self.subject.id().as_str()
        } else {
            &self.account_name
        }
    }

    /// The zone to show this person times in: their own, else that of their site or practice.
    ///
    /// ```
    /// use medfactor::directory::{Person, Practice};
    /// use medfactor::ids::Subject;
    /// use medfactor::policy::Population;
    /// use medfactor::time::{Timestamp, Zone};
    ///
    /// let practice = Practice::new("Harbour Clinic").zone(Zone::named("+01:00")?);
    /// let pat = Person::new(Subject::parse("harbour", "p-771")?, Population::Patient);
    /// let noon = Timestamp::from_unix_seconds(1_790_078_400)?; // at noon in UTC
    /// let shown = |person: &Person| person.shown_in(Some(&practice)).map(|zone| zone.show(noon));
    /// assert_eq!(shown(&pat).as_deref(), Some("2026-09-22 13:00"));
    /// assert_eq!(shown(&pat.zone(Zone::named("-06:00")?)).as_deref(), Some("2026-09-22 06:00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn shown_in<'a>(&'a self, practice: Option<&'a Practice>) -> Option<&'a Zone> {
        let of_practice = || practice.and_then(|practice| practice.zone_at(self.at_site()));
        self.zone.as_ref().or_else(of_practice)
    }

    /// Where codes for this person go by `channel`.
    #[must_use]
    pub fn destination_by(&self, channel: Channel) -> Option<&Destination> {
        self.contact_by(channel).and_then(Contact::destination)
    }

    /// Where the person was reached by `channel` until a change.
    #[must_use]
    pub fn former_destination_by(&self, channel: Channel) -> Option<&Destination> {
        self.former.iter().find(|former| former.channel() == channel)
    }

    /// What is on file for `channel`.
    #[must_use]
    pub fn contact_by(&self, channel: Channel) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.channel() == channel)
    }
}

impl Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The account name is often the login name or an address.
        f.debug_struct("Person")
            .field("subject", &self.subject)
            .field("population", &self.population)
            .field("roles", &self.roles)
            .field("site", &self.site)
            .field("contacts", &self.contacts)
            .finish_non_exhaustive()
    }
}

/// A practice as the host knows it.
#[derive(Clone, Debug)]
pub struct Practice {
    brand: String,
    zone: Option<Zone>,
    site_zones: Vec<(SiteId, Zone)>,
    facts: Facts,
    not_entitled: Vec<Channel>,
}

impl Practice {
    /// A practice whose messages are signed `brand`.
    #[must_use]
    pub fn new(brand: impl Into<String>) -> Self {
        Self {
            brand: brand.into(),
            zone: None,
            site_zones: Vec::new(),
            facts: Facts::new(),
            not_entitled: Vec::new(),
        }
    }

    /// Its time zone. Without one, rules that need a day never remember a device, and dates count as reached.
    #[must_use]
    pub fn zone(self, zone: Zone) -> Self {
        Self {
            zone: Some(zone),
            ..self
        }
    }

    /// The zone of a site that has its own.
    #[must_use]
    pub fn site_zone(mut self, site: SiteId, zone: Zone) -> Self {
        self.site_zones.push((site, zone));
        self
    }

    /// What mandates may depend on, such as the country and the connected products.
    #[must_use]
    pub fn facts(self, facts: Facts) -> Self {
        Self { facts, ..self }
    }

    /// The practice has no right to this channel; it is not offered unless the policy says that security
    /// messages need none.
    #[must_use]
    pub fn without(mut self, channel: Channel) -> Self {
        self.not_entitled.push(channel);
        self
    }

    /// The name in messages and authenticator apps.
    #[must_use]
    pub fn brand(&self) -> &str {
        &self.brand
    }

    /// The zone that holds at `site`, or else the practice's own.
    #[must_use]
    pub fn zone_at(&self, site: Option<&SiteId>) -> Option<&Zone> {
        let own = site.and_then(|site| self.site_zones.iter().find(|(known, _)| known == site));
        own.map(|(_, zone)| zone).or(self.zone.as_ref())
    }

    /// What mandates may depend on.
    #[must_use]
    pub const fn known_facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether the practice has a right to `channel`.
    #[must_use]
    pub fn is_entitled(&self, channel: Channel) -> bool {
        !self.not_entitled.contains(&channel)
    }
}

/// The directory could not answer.
#[derive(Debug, thiserror::Error)]
#[error("the directory could not answer")]
pub struct DirectoryError {
    source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

impl DirectoryError {
    /// The directory could not answer.
    #[must_use]
    pub const fn new() -> Self {
        Self { source: None }
    }

    /// With what caused it.
    #[must_use]
    pub fn caused_by(source: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
        }
    }
}

impl Default for DirectoryError {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: Directory + ?Sized> Directory for Arc<D> {
    fn person(
        &self,
        subject: &Subject,
    ) -> impl Future<Output = Result<Option<Person>, DirectoryError>> + Send {
        (**self).person(subject)
    }

    fn practice(
        &self,
        practice: &PracticeId,
    ) -> impl Future<Output = Result<Option<Practice>, DirectoryError>> + Send {
        (**self).practice(practice)
    }

    fn people(
        &self,
        practice: &PracticeId,
        after: Option<&SubjectId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Person>, DirectoryError>> + Send {
        (**self).people(practice, after, limit)
    }

    fn may(
        &self,
        actor: &Actor,
        practice: &PracticeId,
        action: Action,
    ) -> impl Future<Output = Result<bool, DirectoryError>> + Send {
        (**self).may(actor, practice, action)
    }
}
