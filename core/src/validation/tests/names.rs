use crate::validation::ip::{ip_warning, is_ip};
use crate::validation::names::*;

type Rule = fn(&str) -> Vec<String>;

/// Texts that a rule takes, and texts that it refuses.
#[test]
fn every_form_of_text_takes_what_upstreams_expression_takes() {
    let label: Rule = |text| is_label_value(text, 37);
    let key: Rule = |text| is_label_key(text, 37);
    let underscore: Rule = |text| is_dns1123_subdomain_with_underscore(text, 37);
    let cases: [(Rule, &[&str], &[&str]); 9] = [
        (
            label,
            &["", "a", "A-b_c.d", "1"],
            &["-a", "a-", "a b", "é", "a\n"],
        ),
        (
            key,
            &["a", "a.b/C_d", "1"],
            &["", "a/", "/a", "A/b", "a/b/c", "a b"],
        ),
        (
            is_dns1123_label,
            &["a", "1-2"],
            &["", "-a", "a-", "A", "a.b", "a_b"],
        ),
        (
            is_dns1123_subdomain,
            &["a", "a.b-c.1"],
            &["", ".a", "a.", "a..b", "a.-b", "A"],
        ),
        (underscore, &["_a.b", "a_b"], &["__a", "a_", "_", "_a._"]),
        (
            is_relaxed_env_var_name,
            &["1a", " ~"],
            &["", "a=b", "é", "\u{7f}"],
        ),
        (
            is_config_map_key,
            &["1", "a.b_c-D"],
            &["", "a/b", ".", "..", "..a"],
        ),
        (
            is_port_name,
            &["a", "1a", "a-1"],
            &["", "1", "-a", "a-", "a--b", "A", "abcdefghijklmnop"],
        ),
        (
            is_decimal_integer,
            &["0", "-5", "10"],
            &["", "-", "-0", "01", "+1", "1a"],
        ),
    ];
    for (at, (rule, taken, refused)) in cases.into_iter().enumerate() {
        for text in taken {
            assert_eq!(rule(text), Vec::<String>::new(), "rule {at}: {text}");
        }
        for text in refused {
            assert!(!rule(text).is_empty(), "rule {at}: {text}");
        }
    }
}

#[test]
fn lengths_are_counted_in_bytes_and_called_so_from_1_35() {
    let long = "x".repeat(64);
    assert_eq!(is_label_value(&long, 34), ["must be no more than 63 characters"]);
    assert_eq!(is_label_value(&long, 35), ["must be no more than 63 bytes"]);
    assert_eq!(is_dns1123_label(&long), ["must be no more than 63 characters"]);
    assert_eq!(
        is_label_key(&long, 35),
        ["name part must be no more than 63 bytes"]
    );
}

#[test]
fn a_label_key_is_called_so_from_1_35() {
    let rule = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
                character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
                '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    let end = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    assert_eq!(
        is_label_key("a/b/c", 34),
        [format!("a qualified name {rule} {end}")]
    );
    assert_eq!(
        is_label_key("a/b/c", 35),
        [format!("a valid label key {rule} {end}")]
    );
    assert_eq!(
        is_label_key("a/", 37),
        [
            "name part must be non-empty".to_owned(),
            format!("name part {rule}")
        ]
    );
}

#[test]
fn the_expression_with_the_underscore_is_shown_from_1_34() {
    let shown = |minor| {
        is_dns1123_subdomain_with_underscore("A", minor)
            .join("")
            .contains("is '_?[a-z0-9]")
    };
    assert_eq!([33, 34].map(shown), [false, true]);
}

#[test]
fn addresses_may_have_zeros_in_front_unless_they_are_strict() {
    let none = Vec::<String>::new();
    let valid = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    for wrong in [
        "",
        "1",
        "1.2.3",
        "1.2.3.256",
        "1.2.3.4.5",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "g::",
        "::1%eth0",
    ] {
        assert_eq!(is_ip(wrong, false), [valid], "{wrong}");
    }
    for good in [
        "1.2.3.4",
        "::",
        "1::",
        "1:2:3:4:5:6:7::",
        "fe80::1",
        "1:2:3:4:5:6:1.2.3.4",
    ] {
        assert_eq!(is_ip(good, true), none, "{good}");
    }
    for sloppy in ["01.2.3.4", "::00001", "::1.2.3.04"] {
        assert_eq!(is_ip(sloppy, false), none, "{sloppy}");
        assert_eq!(is_ip(sloppy, true), ["must not have leading 0s"], "{sloppy}");
    }
    assert_eq!(
        is_ip("::ffff:1.2.3.4", true),
        ["must not be an IPv4-mapped IPv6 address"]
    );
    assert_eq!(ip_warning("1.2.3.4", 37), None);
    let mapped = "non-standard IP address \"::ffff:1.2.3.4\" is invalid: use \"1.2.3.4\"";
    assert_eq!(ip_warning("::ffff:1.2.3.4", 36).as_deref(), Some(mapped));
}
