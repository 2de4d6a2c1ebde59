//! Who signs people in. Most names are those of mlflow-oidc-auth 11.0.2.

use super::Kind::{List, Switch, Text};
use super::Setting;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(
        "auth_providers",
        "AUTH_PROVIDERS",
        Text,
        "",
        "More OpenID Connect providers, as a JSON list; the secret of each comes from OIDC_CLIENT_SECRET_<ID>",
    ),
    Setting::new("auth_providers_file", "AUTH_PROVIDERS_FILE", Text, "", "A file with that list, in the place of it"),
    Setting::new(
        "oidc_client_id",
        "OIDC_CLIENT_ID",
        Text,
        "",
        "What the provider calls the gateway; people can sign in through it in a browser if this is set",
    ),
    Setting::new(
        "oidc_client_secret",
        "OIDC_CLIENT_SECRET",
        Text,
        "",
        "The secret that the gateway proves to the provider who it is with",
    )
    .secret(),
    Setting::new(
        "oidc_public_client",
        "OIDC_PUBLIC_CLIENT",
        Switch,
        "false",
        "Whether the gateway has no secret at the provider",
    ),
    Setting::new(
        "oidc_redirect_uri",
        "OIDC_REDIRECT_URI",
        Text,
        "",
        "Where the provider sends people back to, such as https://mlflow.example.com/callback; below `public_url` if empty",
    ),
    Setting::new(
        "oidc_scope",
        "OIDC_SCOPE",
        Text,
        "openid email profile",
        "What is asked of the provider, with spaces or commas between",
    ),
    Setting::new(
        "oidc_provider_display_name",
        "OIDC_PROVIDER_DISPLAY_NAME",
        Text,
        "Login with OIDC",
        "What stands on the button that leads to the provider",
    ),
    Setting::new(
        "oidc_display_name_field",
        "OIDC_DISPLAY_NAME_FIELD",
        List,
        "name",
        "The claims that hold what people call a user; the first that is there is taken",
    ),
];
