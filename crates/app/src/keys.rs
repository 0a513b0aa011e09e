//! The master key, as something that is passed in: where it comes from is the operator's business.

use std::fmt;
use std::sync::Arc;

use auth::seal::MasterKey;

/// There is no master key; the text says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoMasterKey(pub String);

impl fmt::Display for NoMasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoMasterKey {}

/// Knows the master key.
pub trait Keys: Send + Sync {
    /// The key that encrypts secrets which have to be had again. May wait for a disk.
    ///
    /// # Errors
    /// When there is none.
    fn master(&self) -> Result<Arc<MasterKey>, NoMasterKey>;
}

/// A directory without a master key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keyless;

impl Keys for Keyless {
    fn master(&self) -> Result<Arc<MasterKey>, NoMasterKey> {
        Err(NoMasterKey("no master key is configured".to_owned()))
    }
}

/// A key that is there already.
impl Keys for Arc<MasterKey> {
    fn master(&self) -> Result<Arc<MasterKey>, NoMasterKey> {
        Ok(Arc::clone(self))
    }
}
