//! Host and port in human-readable form.

use url::{Position, Url};

/// The host of a URL and its port, unless that is the default port of the scheme.
pub fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_port_and_a_user_are_left_out() {
        for (url, shown) in [
            ("https://api.smith.langchain.com/api/v1", "api.smith.langchain.com"),
            ("https://smith.example.com:443", "smith.example.com"),
            ("http://reader:hunter2@127.0.0.1:8123/?token=x", "127.0.0.1:8123"),
            ("http://[::1]:8123", "[::1]:8123"),
        ] {
            assert_eq!(authority(&Url::parse(url).unwrap()), shown);
        }
    }
}
