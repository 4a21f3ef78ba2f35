//! How much of an answer fits into a datagram.

use crate::sorted::SortedSet;

use serde::Serialize;

use super::record::{Answer, Kind, Record};

/// What an asker gets that takes so many bytes over UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsFit"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Fit {
    /// How many bytes it takes: 512 without EDNS, often 1232 or 4096 with it.
    pub size: u16,
    /// How many records of the answer come.
    pub records: usize,
    /// How many additional ones.
    pub additional: usize,
    /// The bit TC is set: something was left out, and a resolver that minds asks again over TCP.
    pub is_truncated: bool,
}

/// A DNS message begins with this many bytes.
const HEADER: usize = 12;

/// Type and class of a question.
const QUESTION: usize = 4;

/// Type, class, TTL and length of a record.
const RECORD: usize = 10;

/// An OPT record without options.
const OPT: usize = 11;

/// The least that an asker takes.
const LEAST: u16 = 512;

/// Offsets beyond this cannot be pointed to.
const FARTHEST: usize = 16_384;

impl Answer {
    /// What comes of the answer over UDP to an asker that takes `size` bytes; anything above 512 is said with EDNS. Records are
    /// left out from the end, with names compressed. `size` 65535 is what TCP takes.
    ///
    /// Source: `request/request.go`, `Scrub`, and `Truncate` of `github.com/miekg/dns`.
    ///
    /// ```
    /// use serde_json::json;
    /// use steadfast_core::Observation;
    /// use steadfast_core::dns::{Kind, Settings, lookup, zone};
    /// let endpoint = |n: u32| json!({"addresses": [format!("10.1.{}.{}", n / 250, n % 250)], "hostname": format!("web-{n}")});
    /// let endpoints: Vec<_> = (0..300).map(endpoint).collect();
    /// let observation = Observation::of_value(json!({
    ///     "services": [{"metadata": {"name": "web", "namespace": "shop"}, "spec": {"clusterIP": "None"}}],
    ///     "endpointSlices": [{"metadata": {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}},
    ///         "endpoints": endpoints}]}))?;
    /// let zone = zone(&observation, &Settings::default())?;
    /// let answer = lookup(&zone, "web.shop.svc.cluster.local", Kind::A);
    /// let counts: Vec<usize> = [512, 1232, 4096, 65535].map(|size| answer.fit(size).records).to_vec();
    /// assert_eq!(counts, [29, 73, 252, 300]);
    /// assert!(answer.fit(4096).is_truncated && !answer.fit(65535).is_truncated);
    /// # Ok::<(), steadfast_core::Error>(())
    /// ```
    pub fn fit(&self, size: u16) -> Fit {
        let size = size.max(LEAST);
        let whole = Fit {
            size,
            records: self.records.len(),
            additional: self.additional.len(),
            is_truncated: false,
        };
        let opt = if size > LEAST && size < u16::MAX { OPT } else { 0 };
        let mut plain = Length::default();
        plain.question(&self.name);
        self.records
            .iter()
            .chain(&self.additional)
            .for_each(|record| plain.record(record));
        if plain.bytes + opt <= usize::from(size) {
            return whole;
        }
        let limit = usize::from(size).saturating_sub(opt);
        let mut packed = Length {
            seen: Some(SortedSet::new()),
            ..Length::default()
        };
        packed.question(&self.name);
        let records = packed.fill(&self.records, limit);
        let additional = packed.fill(&self.additional, limit);
        Fit {
            records,
            additional,
            is_truncated: records < whole.records || additional < whole.additional,
            ..whole
        }
    }
}

/// The length of a message while it is written.
#[derive(Debug)]
struct Length {
    bytes: usize,
    /// The ends of names that can be pointed to; nothing: names are not compressed.
    seen: Option<SortedSet<String>>,
}

impl Default for Length {
    fn default() -> Self {
        Self {
            bytes: HEADER,
            seen: None,
        }
    }
}

impl Length {
    fn question(&mut self, name: &str) {
        self.bytes += self.name(name, self.bytes, true) + QUESTION;
    }

    fn record(&mut self, record: &Record) {
        let start = self.bytes;
        let mut length = self.name(&record.name, start, true) + RECORD;
        length += match record.kind {
            Kind::A => 4,
            Kind::Aaaa => 16,
            Kind::Ptr | Kind::Cname => self.name(&record.data, start + length, true),
            // The name in an SRV record is never compressed, but others may point to it (RFC 2782).
            Kind::Srv => {
                let target = record.data.rsplit(' ').next().unwrap_or_default();
                6 + self.name(target, start + length + 6, false)
            }
        };
        self.bytes += length;
    }

    /// How many records fit; when one does not, nothing more does.
    fn fill(&mut self, records: &[Record], limit: usize) -> usize {
        let mut count = 0;
        for record in records {
            if self.bytes >= limit {
                break;
            }
            self.record(record);
            if self.bytes > limit {
                self.bytes = limit;
                break;
            }
            count += 1;
        }
        count
    }

    /// The bytes of a name at an offset. Capitals count: the end of a name is found again only as it was written.
    fn name(&mut self, name: &str, offset: usize, is_compressed: bool) -> usize {
        if name.is_empty() {
            return 1;
        }
        let whole = name.len() + 2;
        let Some(seen) = &mut self.seen else {
            return whole;
        };
        if !is_compressed && offset >= FARTHEST {
            return whole;
        }
        let (mut rest, mut at) = (Some(name), 0);
        while let Some(end) = rest {
            if seen.contains(end) {
                return if is_compressed { at + 2 } else { whole };
            }
            if offset + at < FARTHEST {
                seen.insert(end.to_owned());
            }
            rest = end.split_once('.').map(|(label, rest)| {
                at += label.len() + 1;
                rest
            });
        }
        whole
    }
}
