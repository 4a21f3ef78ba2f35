//! No bytes make the reader panic, and what it reads survives the writer.

use serde_json::Value;

use crate::manifest::{objects, read, read_one, to_yaml};

const SEEDS: [&str; 6] = [
    "apiVersion: apps/v1\nkind: List\nitems:\n- kind: StatefulSet\n  metadata: {name: web, labels: {a/b: \"c\"}}\n  spec:\n    replicas: 3\n",
    "a: &x {b: 1, <<: {c: 2}}\nd: *x\ne:\n  <<: [*x, {f: 1}]\n---\n- |2-\n    text\n   more\n- >+\n  folded\n\n- 'quo''ted'\n- \"esc\\u00e9\\n\"\n",
    "{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": [{\"a\": [1, -2.5e3, null, \"\\u00e9\\n\"]}, {}]}\n{\"b\": true}",
    "? k\n: v\n!!int 5: !!str 6\nn: ~\nx: 0x1F\ny: 1_000.5\n# comment\nz: [a, {b: c, d}, 'e', \"f\"]\n",
    "---\n\"x\ny\": z\na: one\n two\n\n three\nb: 'x\n\ty'\n...\nc\n",
    "{a: {b: [1, 2], \"c\":3}, d: \u{FEFF}e, \u{2028}: \u{85}}\r\n---\r\nf: |\r\n  g\r\n",
];

/// A plain pseudo-random sequence (Numerical Recipes' multiplier), the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % sides
    }
}

/// JSON made of YAML knows no difference between `1.0` and `1`.
fn normal(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(float) = number
                .as_f64()
                .filter(|f| number.is_f64() && f.fract() == 0.0 && f.abs() < 1e15)
            {
                *value = Value::from(float as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(normal),
        Value::Object(map) => map.values_mut().for_each(normal),
        _ => {}
    }
}

#[test]
fn mutated_files_never_panic_and_what_is_read_can_be_written_and_read_again() {
    const BYTES: &[u8] = b" \t\n\r:-#{}[],&*!|>'\"%@`?~<ab01.\\/\0\x7f\xc3\xa9\xff\xef\xbb\xbf";
    let mut dice = Dice(20261121);
    let mut values = 0;
    for round in 0..12_000 {
        let mut bytes = SEEDS[round % SEEDS.len()].as_bytes().to_vec();
        for _ in 0..=dice.roll(3) {
            let at = dice.roll(bytes.len().max(1));
            match dice.roll(4) {
                0 if bytes.len() > 1 => drop(bytes.remove(at)),
                1 => bytes[at] = BYTES[dice.roll(BYTES.len())],
                2 => bytes.insert(at, BYTES[dice.roll(BYTES.len())]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let _ = read_one(&bytes);
        let Ok(documents) = read(&bytes) else { continue };
        for object in objects(documents) {
            let _ = (
                object.position_of("metadata.labels[a/b]"),
                object.nearest_position_of("a.b[1]"),
            );
            let yaml = to_yaml(&object.value);
            let again = read_one(yaml.as_bytes()).unwrap_or_else(|error| panic!("{error} in {yaml:?}"));
            let mut again = again.unwrap_or_else(|| panic!("nothing in {yaml:?}")).value;
            let mut value = object.value;
            normal(&mut value);
            normal(&mut again);
            assert_eq!(again, value, "{yaml:?}");
            values += 1;
        }
    }
    assert!(values > 3_000, "only {values} values were read");
}

#[test]
fn random_bytes_never_panic() {
    let mut dice = Dice(7);
    for _ in 0..3_000 {
        let bytes: Vec<u8> = (0..dice.roll(60)).map(|_| dice.roll(256) as u8).collect();
        let _ = (read(&bytes), read_one(&bytes));
    }
}
