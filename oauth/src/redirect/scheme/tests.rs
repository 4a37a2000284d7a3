use proptest::prelude::*;

use super::*;

/// The words of one source file.
fn words(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[test]
fn the_tables_are_sorted_and_hold_every_source() {
    for table in [&SYSTEM[..], &BROWSER, &PROTOCOL] {
        assert!(table.is_sorted_by(|a, b| a < b), "`cargo xtask schemes` sorts them");
    }
    let sources = [
        (&SYSTEM[..], include_str!("sources/windows.txt")),
        (&SYSTEM, include_str!("sources/apple.txt")),
        (&SYSTEM, include_str!("sources/android.txt")),
        (&SYSTEM, include_str!("sources/desktops.txt")),
        (&BROWSER, include_str!("sources/browsers.txt")),
        (&PROTOCOL, include_str!("sources/iana.txt")),
        (&PROTOCOL, include_str!("sources/protocols.txt")),
    ];
    for (table, source) in sources {
        for word in words(source) {
            assert!(has(table, word), "{word}: run `cargo xtask schemes`");
        }
    }
    let listed: usize = sources.iter().map(|(_, source)| words(source).count()).sum();
    assert!(SYSTEM.len() + BROWSER.len() + PROTOCOL.len() <= listed, "a table has more than its sources");
    assert!(words(include_str!("sources/iana.txt")).count() > 400);
}

#[test]
fn schemes_of_operating_systems_are_refused() {
    for scheme in [
        "ms-settings",
        "ms-msdt",
        "ms-officecmd",
        "ms-any-future-part",
        "search-ms",
        "search",
        "shell",
        "microsoft-edge",
        "microsoft.windows.camera",
        "bingmaps",
        "msnweather",
        "stickynotes",
        "regfile",
        "batfile",
        "wallet",
        "windows.gadget",
        "explorer.burnselection",
        "c",
        "x-apple.systempreferences",
        "x-apple-reminder",
        "itms-apps",
        "itmss",
        "prefs",
        "app-prefs",
        "shortcuts",
        "workflow",
        "applescript",
        "calshow",
        "music",
        "podcasts",
        "telprompt",
        "facetime-audio",
        "com.apple.tv",
        "intent",
        "market",
        "android-app",
        "apt",
        "snap",
        "trash",
        "admin",
        "help",
        "x-man-page",
        "ie.https",
        "outlook.url.mailto",
        "intent.com.example",
        "com.microsoft.teams",
        "com.android.settings",
        "android.intent.action",
        "xbox-tcui",
        "xboxliveapp-1297287741",
        "windowsdefender",
        "insiderhub",
        "bingnews",
        "outlookcal",
        "cortana",
        "app-settings",
        "imessage",
        "xcode",
        "mswindowsmusic",
        "apple-magnifier",
        "settings-navigation",
        "tbauth",
        "odopen",
        "stssync",
        "cmd",
        "vnd.youtube",
        "smb+mcp",
    ] {
        assert_eq!(AppScheme::of(scheme), Err(RefusedScheme::System), "{scheme}");
    }
}

#[test]
fn schemes_of_browsers_are_refused() {
    for scheme in [
        "javascript",
        "jscript",
        "vbscript.encode",
        "livescript",
        "about",
        "view-source",
        "devtools",
        "chrome",
        "chrome-untrusted",
        "chrome-extension",
        "moz-icon",
        "moz-extension",
        "safari-web-extension",
        "resource",
        "edge",
        "firefox",
        "googlechrome",
        "web+mcp",
        "ext+mcp",
        "disk",
        "ttps",
        "isolated-app",
        "com.google.chrome.mcp",
        "chromehtml",
        "firefoxurl",
        "googlechrome-x-callback",
        "msedgehtm",
        "safari",
        "app+javascript",
    ] {
        assert_eq!(AppScheme::of(scheme), Err(RefusedScheme::Browser), "{scheme}");
    }
}

#[test]
fn schemes_of_protocols_are_refused() {
    for scheme in [
        "ws",
        "rtmp",
        "xmpp",
        "git",
        "svn",
        "bitcoin",
        "ethereum",
        "otpauth",
        "openid",
        "skype",
        "spotify",
        "redis",
        "mongodb",
        "coap+tcp",
        "z39.50r",
        "iris.beep",
        "soap.beep",
        "matrix",
        "steam",
        "magnet",
        "imaps",
        "smtps",
        "scp",
        "git+ssh",
        "rsync",
        "sip",
        "urn",
        "did",
        "mvrp",
        "shttp",
        "machineprovisioningprogressreporter",
        "postgresql",
        "upi",
        "git+mcp",
        "app+redis",
    ] {
        assert_eq!(AppScheme::of(scheme), Err(RefusedScheme::Protocol), "{scheme}");
    }
}

#[test]
fn a_known_client_wins_over_the_registry() {
    for client in &KNOWN_CLIENTS {
        assert_eq!(AppScheme::of(client.scheme), Ok(AppScheme::Known(client)));
    }
    assert!(
        has(&PROTOCOL, "vscode") && has(&PROTOCOL, "vscode-insiders"),
        "registered, and known nevertheless"
    );
}

#[test]
fn only_known_and_dotted_schemes_open_by_themselves() {
    let opens = |scheme| AppScheme::of(scheme).unwrap().opens_by_itself();
    assert!(opens("cursor") && opens("com.example.app") && opens("io.github.some-body.app2"));
    for scheme in [
        "datadog",
        "msteams",
        "sshfs",
        "filesync",
        "goose",
        "vscode-evil",
        "cursor-",
        "app+mcp",
        // Not a reversed domain name.
        "a..b",
        "ab.",
        "com.raycast",
        "my.app",
        "a.example.app",
        "v2.example.app",
        "com.example.",
        "com..app",
        "com.example.a+b",
    ] {
        assert_eq!(AppScheme::of(scheme), Ok(AppScheme::Other), "{scheme}");
        assert!(!opens(scheme), "{scheme}");
    }
}

#[test]
fn a_known_client_is_known_only_where_it_takes_answers() {
    let known = |link: &str| {
        let (scheme, rest) = link.split_once(':').unwrap();
        matches!(AppScheme::of(scheme).unwrap().of_link(rest), AppScheme::Known(_))
    };
    for link in [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "jetbrains://gateway/oauth",
        "warp://mcp/oauth2callback",
        "claude://oauth/callback",
        "windsurf://codeium.windsurf/oauth/callback",
        "vscode://publisher.extension/oauth-callback",
        "zed:/oauth/callback",
    ] {
        assert!(known(link), "{link}");
    }
    for link in [
        "cursor://anysphere.cursor-deeplink/mcp/install?name=x&config=y",
        "cursor://anysphere.cursor-deeplink/oauth/callback",
        "cursor://anysphere.cursor-mcp/oauth/../../mcp/install",
        "cursor://anysphere.cursor-mcp/oauth/%2e%2e/install",
        "cursor://anysphere.cursor-mcp/oauth/callback?name=x",
        "cursor://anysphere.cursor-mcp.evil/oauth/callback",
        "vscode://vscode.github-authentication/did-authenticate",
        "vscode://file/tmp/x/oauth/callback",
        "vscode:extension/publisher.name",
        "zed://extension/oauth-evil",
        "claude://oauth",
        "warp://action/new_tab",
    ] {
        assert!(!known(link), "{link}");
    }
    assert_eq!(AppScheme::Dotted.of_link("//any?thing"), AppScheme::Dotted);
}

proptest! {
    #[test]
    fn no_scheme_of_a_reserved_family_is_an_apps(
        prefix in prop::sample::select([&SYSTEM_PREFIXES[..], &BROWSER_PREFIXES].concat()),
        rest in "[a-z0-9+.-]{0,20}",
    ) {
        let scheme = format!("{prefix}{rest}");
        prop_assert!(AppScheme::of(&scheme).is_err(), "{}", scheme);
    }

    #[test]
    fn a_listed_scheme_is_refused_unless_it_is_a_known_clients(index in any::<prop::sample::Index>()) {
        let scheme = *index.get(&[&SYSTEM[..], &BROWSER, &PROTOCOL].concat());
        let known = KNOWN_CLIENTS.iter().any(|client| client.scheme == scheme);
        prop_assert_eq!(AppScheme::of(scheme).is_ok(), known);
    }
}
