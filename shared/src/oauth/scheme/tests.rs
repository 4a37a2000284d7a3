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
    assert!(opens("cursor") && opens("com.example.app") && opens("com.raycast"));
    for scheme in
        ["datadog", "msteams", "sshfs", "filesync", "goose", "vscode-evil", "cursor-", "a..b", "ab."]
    {
        assert_eq!(AppScheme::of(scheme), Ok(AppScheme::Other), "{scheme}");
        assert!(!opens(scheme), "{scheme}");
    }
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
