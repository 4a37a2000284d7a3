//! Addresses in sentences.

use url::Url;

/// Host and port, as a person reads an address.
pub fn display_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or("LangSmith");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_shows_unless_it_is_the_usual_one() {
        for (url, shown) in [
            ("https://api.smith.langchain.com", "api.smith.langchain.com"),
            ("https://ls.example.com:443/api/v1", "ls.example.com"),
            ("http://127.0.0.1:1984", "127.0.0.1:1984"),
        ] {
            assert_eq!(display_host(&Url::parse(url).unwrap()), shown);
        }
    }
}
