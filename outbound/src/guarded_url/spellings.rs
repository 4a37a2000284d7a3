//! Every way of writing an address that a URL parser or `inet_aton` knows. The same spellings of public addresses are
//! accepted, which shows that the private ones are refused for what they are and not for how they are written.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;
use crate::address::tests::{embedding, not_public_v4, not_public_v6, public_v4};

/// How one number of an IPv4 address is written.
#[derive(Clone, Copy, Debug)]
enum Base {
    Decimal,
    Octal,
    Hex,
    UpperHex,
    LongHex,
}

impl Base {
    fn write(self, number: u32) -> String {
        match self {
            Self::Decimal => format!("{number}"),
            Self::Octal => format!("0{number:o}"),
            Self::Hex => format!("0x{number:x}"),
            Self::UpperHex => format!("0X{number:X}"),
            Self::LongHex => format!("0x{number:014x}"),
        }
    }
}

/// How the characters are written.
#[derive(Clone, Copy, Debug)]
enum Script {
    Plain,
    Percent,
    Fullwidth,
}

impl Script {
    fn write(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Percent => {
                text.bytes().flat_map(|byte| format!("%{byte:02x}").into_bytes()).map(char::from).collect()
            }
            // IDNA maps the fullwidth forms of digits, letters and the full stop to ASCII.
            Self::Fullwidth => text
                .chars()
                .map(|c| char::from_u32(u32::from(c) + 0xfee0).filter(|_| c.is_ascii_graphic()).unwrap_or(c))
                .collect(),
        }
    }
}

#[derive(Clone, Debug)]
struct Spelling {
    bases: [Base; 4],
    /// How many numbers are written; the last one holds the rest of the address.
    parts: usize,
    script: Script,
    dot: bool,
}

impl Spelling {
    fn write(&self, address: Ipv4Addr) -> String {
        let bits = address.to_bits();
        let rest = bits & (u32::MAX >> (8 * (self.parts - 1)));
        let octets = address.octets();
        let mut numbers: Vec<u32> = octets[..self.parts - 1].iter().map(|octet| u32::from(*octet)).collect();
        numbers.push(rest);
        let written: Vec<String> =
            numbers.iter().zip(self.bases).map(|(number, base)| base.write(*number)).collect();
        let dot = if self.dot { "." } else { "" };
        self.script.write(&format!("{}{dot}", written.join(".")))
    }
}

fn spelling() -> impl Strategy<Value = Spelling> {
    let base =
        || prop::sample::select(vec![Base::Decimal, Base::Octal, Base::Hex, Base::UpperHex, Base::LongHex]);
    let script = prop::sample::select(vec![Script::Plain, Script::Percent, Script::Fullwidth]);
    ([base(), base(), base(), base()], 1_usize..=4, script, any::<bool>())
        .prop_map(|(bases, parts, script, dot)| Spelling { bases, parts, script, dot })
}

/// The spellings of an IPv6 address.
fn spellings_v6(address: Ipv6Addr) -> Vec<String> {
    let segments = address.segments();
    let full = |width: usize| segments.map(|segment| format!("{segment:0width$x}")).join(":");
    let [.., a, b, c, d] = address.octets();
    let high = segments[..6].iter().map(|segment| format!("{segment:x}")).collect::<Vec<_>>().join(":");
    let all =
        [address.to_string(), full(1), full(4), full(4).to_uppercase(), format!("{high}:{a}.{b}.{c}.{d}")];
    all.iter().map(|text| format!("[{text}]")).collect()
}

/// Every form of a URL with this host.
fn urls(host: &str) -> [String; 4] {
    [
        format!("https://{host}"),
        format!("HTTPS://{host}/mcp?x=1"),
        format!("https://{host}:8443/"),
        format!("https://{host}:00443"),
    ]
}

fn parsed(text: &str) -> Result<GuardedUrl, UrlRefused> {
    GuardedUrl::parse(text, GuardPolicy::PublicHttps)
}

proptest! {
    #[test]
    fn no_spelling_of_a_special_ipv4_address_is_accepted(address in not_public_v4(), spelling in spelling()) {
        let host = spelling.write(address);
        for url in urls(&host) {
            prop_assert_eq!(parsed(&url), Err(UrlRefused::PrivateAddress), "{}", url);
        }
    }

    #[test]
    fn every_spelling_of_a_public_ipv4_address_is_that_address(address in public_v4(), spelling in spelling()) {
        let host = spelling.write(address);
        for url in urls(&host) {
            let found = parsed(&url).unwrap();
            prop_assert_eq!(found.host(), address.to_string(), "{}", url);
        }
    }

    #[test]
    fn no_spelling_of_a_special_ipv6_address_is_accepted(address in not_public_v6()) {
        for url in spellings_v6(address).iter().flat_map(|host| urls(host)) {
            prop_assert_eq!(parsed(&url), Err(UrlRefused::PrivateAddress), "{}", url);
        }
    }

    #[test]
    fn an_ipv4_address_within_ipv6_is_judged_as_what_it_is(special in not_public_v4(), public in public_v4()) {
        for url in embedding(special).into_iter().flat_map(spellings_v6).flat_map(|host| urls(&host)) {
            prop_assert_eq!(parsed(&url), Err(UrlRefused::PrivateAddress), "{}", url);
        }
        for url in embedding(public).into_iter().flat_map(spellings_v6).flat_map(|host| urls(&host)) {
            prop_assert!(parsed(&url).is_ok(), "{}", url);
        }
    }

    #[test]
    fn what_is_accepted_is_accepted_again_and_stays_itself(text in prop_oneof![
        "(https|http|HTTPS)://[ -~]{0,40}",
        "(https|HTTPS)://(8\\.8\\.8\\.8|a\\.example\\.?)(:443|:0443|:8443|)[/.a%2Fe?&=]{0,12}",
    ]) {
        for policy in [GuardPolicy::PublicHttps, GuardPolicy::PrivateAllowed] {
            let Ok(url) = GuardedUrl::parse(&text, policy) else { continue };
            let normalized = GuardedUrl::parse(url.as_url().as_str(), policy);
            prop_assert_eq!(normalized.as_ref(), Ok(&url));
            let canonical = url.canonical();
            let again = GuardedUrl::parse(&canonical, policy).unwrap();
            prop_assert_eq!(again.canonical(), canonical);
            prop_assert_eq!(again.host(), url.host());
        }
    }

    #[test]
    fn any_text_is_read(text in ".{0,200}") {
        let _ = parsed(&text);
    }
}
