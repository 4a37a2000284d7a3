//! Our OAuth client at LangSmith, from the settings.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use langsmith::oauth::{ClientSetting, ClientSettings, Unusable, UpstreamOAuth};
use langsmith_double::{CLIENT_ID, CLIENT_SECRET};
use primitives::secret::Secret;
use zeroize::Zeroizing;

use crate::settings::{self, SettingError};
use crate::{Settings, owner_only};

const SECRET_FILE: &str = "--langsmith-client-secret-file";

/// How much of a secret file is read at most, in bytes.
const MAX_FILE: u64 = 4096;

/// The client and the parameters of its requests.
pub(crate) fn of(settings: &Settings) -> Result<UpstreamOAuth, SettingError> {
    let client = if settings.demo { of_the_double() } else { configured(settings)? };
    client.check().map_err(|unusable| setting_error(settings, unusable))
}

/// Registered by the double's organization, like an operator's client.
fn of_the_double() -> ClientSettings {
    let (id, secret) = (Some(CLIENT_ID.to_owned()), Some(Secret::new(CLIENT_SECRET)));
    ClientSettings { id, secret, ..ClientSettings::default() }
}

fn configured(settings: &Settings) -> Result<ClientSettings, SettingError> {
    let secret = match (&settings.langsmith_client_secret_file, &settings.langsmith_client_secret) {
        (Some(_), Some(_)) => {
            let problem = format!("{} is set, too: choose one of the two", settings::CLIENT_SECRET);
            return Err(Settings::secret_error(SECRET_FILE, problem));
        }
        (Some(path), None) => Some(read(path)?),
        (None, secret) => secret.clone(),
    };
    Ok(ClientSettings {
        id: settings.langsmith_client_id.clone(),
        secret,
        scopes: Some(settings.langsmith_scopes.clone()),
        resource: settings.langsmith_resource.clone(),
        self_registration: settings.langsmith_self_registration,
    })
}

fn setting_error(settings: &Settings, (setting, problem): Unusable) -> SettingError {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    match setting {
        ClientSetting::Id => {
            settings.value_error("langsmith-client-id", &text(&settings.langsmith_client_id), problem)
        }
        ClientSetting::Scopes => {
            settings.value_error("langsmith-scopes", &settings.langsmith_scopes, problem)
        }
        ClientSetting::Resource => {
            settings.value_error("langsmith-resource", &text(&settings.langsmith_resource), problem)
        }
        ClientSetting::SelfRegistration => Settings::secret_error("--langsmith-self-registration", problem),
        ClientSetting::Secret if settings.langsmith_client_secret_file.is_some() => {
            Settings::secret_error(SECRET_FILE, problem)
        }
        ClientSetting::Secret => Settings::secret_error(settings::CLIENT_SECRET, problem),
    }
}

/// The error does not repeat the path: someone who mistook the flag has put the secret itself there.
fn read(path: &Path) -> Result<Secret, SettingError> {
    let unreadable = |cause: std::io::Error| {
        Settings::secret_error(SECRET_FILE, format!("the file cannot be read: {cause}"))
    };
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(unreadable)?;
    owner_only::check_brought(&file)
        .map_err(|cause| Settings::secret_error(SECRET_FILE, format!("the file cannot be used: {cause}")))?;
    file.take(MAX_FILE).read_to_string(&mut text).map_err(unreadable)?;
    Ok(Secret::new(text.as_str()))
}
