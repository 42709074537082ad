//! A `url` of `HTTP_GET` and `SSL_GET`: the page, and what it must be.

use std::ops::RangeInclusive;

/// A `url` block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Url {
    /// `path`
    pub path: Box<str>,
    /// `digest`: the MD5 of the page.
    pub digest: Option<[u8; 16]>,
    /// `status_code`; 200 to 299.
    pub status: StatusCodes,
    /// `virtualhost`, else the checker's, the real server's or the virtual server's: what the `Host` header says.
    /// `None` is the target's address and port.
    pub host: Option<Box<str>>,
    /// The name that TLS asks for: with `enable_sni` the `virtualhost` of the url, the checker or the virtual
    /// server, or with `sni_name` that name.
    pub server_name: Option<Box<str>>,
    /// `tls_compliant`, of the url or the checker: the end of the connection is waited for.
    pub tls_compliant: bool,
    /// `regex` and what belongs to it.
    pub regex: Option<Box<Regex>>,
}

impl Url {
    /// A page that must be there.
    pub fn new(path: Box<str>) -> Self {
        Self {
            path,
            digest: None,
            status: StatusCodes::default(),
            host: None,
            server_name: None,
            tls_compliant: false,
            regex: None,
        }
    }
}

/// Status codes of HTTP: ranges in order that do not touch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusCodes(Box<[(u16, u16)]>);

impl StatusCodes {
    /// The codes there may be.
    pub const RANGE: RangeInclusive<u16> = 100..=599;

    /// Those of several ranges; 200 to 299 if there is none.
    pub fn new(ranges: &[RangeInclusive<u16>]) -> Self {
        let mut sorted: Vec<(u16, u16)> = ranges.iter().map(|range| (*range.start(), *range.end())).collect();
        sorted.sort_unstable();
        let mut joined: Vec<(u16, u16)> = Vec::with_capacity(sorted.len());
        for (min, max) in sorted {
            match joined.last_mut() {
                Some(last) if u32::from(min) <= u32::from(last.1) + 1 => last.1 = last.1.max(max),
                _ => joined.push((min, max)),
            }
        }
        if joined.is_empty() { Self::default() } else { Self(joined.into()) }
    }

    /// Whether a code is one of them.
    pub fn contains(&self, code: u16) -> bool {
        self.ranges().any(|range| range.contains(&code))
    }

    /// The ranges, in order.
    pub fn ranges(&self) -> impl Iterator<Item = RangeInclusive<u16>> + '_ {
        self.0.iter().map(|(min, max)| *min..=*max)
    }
}

impl Default for StatusCodes {
    fn default() -> Self {
        Self(Box::new([(200, 299)]))
    }
}

/// `regex`: what a page must hold. PCRE2's syntax; it is not compiled here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Regex {
    /// The pattern with the escapes of the configuration resolved.
    pub pattern: Box<str>,
    /// `regex_options`, each once, in the order of [`Self::OPTIONS`].
    pub options: Vec<Box<str>>,
    /// `regex_no_match`: it must not match.
    pub must_not_match: bool,
    /// `regex_min_offset`: where matching begins, in octets; 0.
    pub min_offset: u64,
    /// `regex_max_offset`: the last octet a match may begin at.
    pub max_offset: Option<u64>,
    /// `regex_stack`: first and greatest size of the matcher's stack, in octets.
    pub stack: Option<(u64, u64)>,
}

impl Regex {
    /// The options of PCRE2 that keepalived knows.
    pub const OPTIONS: &[&str] = &[
        "allow_empty_class",
        "alt_bsux",
        "alt_circumflex",
        "alt_verbnames",
        "auto_callout",
        "caseless",
        "dollar_endonly",
        "dotall",
        "dupnames",
        "extended",
        "firstline",
        "match_unset_backref",
        "multiline",
        "never_backslash_c",
        "never_ucp",
        "never_utf",
        "no_auto_capture",
        "no_auto_possess",
        "no_dotstar_anchor",
        "no_start_optimize",
        "ucp",
        "ungreedy",
        "use_offset_limit",
        "utf",
    ];

    /// A pattern that must be found somewhere.
    pub const fn new(pattern: Box<str>) -> Self {
        Self {
            pattern,
            options: Vec::new(),
            must_not_match: false,
            min_offset: 0,
            max_offset: None,
            stack: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_status_codes_are_joined() {
        for (given, wanted) in [
            (&[][..], &[(200, 299)][..]),
            (&[404..=404, 200..=200], &[(200, 200), (404, 404)]),
            (&[200..=250, 240..=260, 261..=270], &[(200, 270)]),
            (&[100..=599, 300..=301], &[(100, 599)]),
        ] {
            assert_eq!(*StatusCodes::new(given).0, *wanted, "{given:?}");
        }
        assert!(StatusCodes::default().contains(204) && !StatusCodes::default().contains(301));
    }
}
