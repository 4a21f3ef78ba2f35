//! The life of one StatefulSet up to this moment, before it is written down as objects.

use super::draw::Draw;
use super::moment::{Moment, timestamp};
use super::object::object;
use super::template;
use super::{Writer, go_form, older};
use serde_json::{Map, Value, json};

/// The first second of every world: 2026-11-21T00:00:00Z.
const EPOCH: i64 = 1_795_219_200;

/// `spec.updateStrategy`.
#[derive(Clone)]
pub enum Strategy {
    /// RollingUpdate with `rollingUpdate`.
    Rolling {
        partition: i64,
        max_unavailable: Option<Value>,
    },
    /// RollingUpdate without `rollingUpdate`, as defaulting leaves it where the type is given.
    RollingBare,
    /// OnDelete.
    OnDelete,
    /// Recreate.
    Recreate,
}

/// How a Pod is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Running and Ready for long.
    Ready,
    /// Running and Ready since about minReadySeconds.
    Late,
    /// Running, not Ready.
    Unready,
    /// Pending.
    Pending,
    /// Failed.
    Failed,
    /// Succeeded.
    Succeeded,
    /// Phase Unknown, Ready or not.
    Unknown,
    /// Without a phase.
    Blank,
}

/// A Pod of the set.
#[derive(Clone)]
pub struct PodPlan {
    /// Its ordinal.
    pub ordinal: i64,
    /// The era whose revision it has.
    pub era: usize,
    /// How it is doing.
    pub health: Health,
    /// Whether it is being deleted.
    pub terminating: bool,
}

/// One edition of the template, with the revision that stored it.
#[derive(Clone)]
pub struct Era {
    /// The template as the set had it.
    pub template: Value,
    /// The revision's `data`.
    pub data: Value,
    /// The revision's name and the hash in its label.
    pub name: String,
    /// The hash label.
    pub hash: String,
    /// The revision number.
    pub number: i64,
    /// When it was created, in seconds.
    pub created: i64,
    /// Whether the revision exists.
    pub stored: bool,
}

/// Everything that the objects are written from.
pub struct Life {
    pub now: Moment,
    pub name: String,
    pub namespace: &'static str,
    pub uid: &'static str,
    pub replicas: i64,
    pub start: i64,
    pub parallel: bool,
    pub strategy: Strategy,
    pub min_ready: i64,
    /// (whenDeleted is Delete, whenScaled is Delete)
    pub retention: (bool, bool),
    /// The retention policy that the claims were last corrected for.
    pub retention_before: (bool, bool),
    pub limit: i64,
    pub service: String,
    pub selector: Value,
    pub annotations: Option<Value>,
    pub claims: Vec<Value>,
    pub eras: Vec<Era>,
    /// The era that `spec.template` is.
    pub wanted: usize,
    /// The eras that the status names.
    pub current: Option<usize>,
    pub update: Option<usize>,
    pub collisions: Option<i64>,
    pub pods: Vec<PodPlan>,
    /// Ordinals without a Pod whose claims are left.
    pub claims_left: Vec<i64>,
    pub deleting: bool,
    pub orphaned: bool,
    /// Pods as a real cluster returns them, with everything that admission adds.
    pub rich: bool,
    pub conditions: Option<Value>,
    /// Whether the revisions were written by Kubernetes up to 1.33.
    pub null_timestamps: bool,
}

impl Life {
    /// A set that nothing has happened to yet.
    pub fn begun(draw: &mut Draw, writer: Writer) -> Self {
        let name = name(draw);
        let parallel = draw.percent(45);
        let claims: Vec<Value> = ["data", "logs", "www"]
            .iter()
            .take(*draw.weighted(&[(38, 0), (40, 1), (15, 2), (7, 3)]))
            .map(|name| template::claim_template(draw, name))
            .collect();
        let claim_names: Vec<String> = claims
            .iter()
            .filter_map(|claim| claim["metadata"]["name"].as_str().map(str::to_string))
            .collect();
        let labels = labels(draw);
        let selector = selector(draw);
        let template = template::pod_template(draw, labels, &claim_names);
        let retention = retention(draw);
        let mut life = Self {
            now: now(draw),
            service: if draw.one_in(12) {
                String::new()
            } else {
                format!("{}-svc", short(&name))
            },
            name,
            namespace: if draw.percent(85) { "default" } else { "other" },
            uid: "5e700000-0000-4000-8000-000000000001",
            replicas: replicas(draw),
            start: start(draw),
            parallel,
            strategy: Strategy::RollingBare,
            min_ready: *draw.weighted(&[(60, 0), (10, 1), (30, 10)]),
            retention,
            retention_before: retention,
            limit: *draw.weighted(&[(50, 10), (12, 0), (14, 1), (14, 2), (3, 3), (7, -1)]),
            selector,
            annotations: draw
                .one_in(6)
                .then(|| json!({"example.com/note": *draw.pick(&template::UNUSUAL)})),
            claims,
            eras: Vec::new(),
            wanted: 0,
            current: None,
            update: None,
            collisions: *draw.weighted(&[(70, None), (22, Some(0)), (6, Some(1)), (2, Some(3))]),
            pods: Vec::new(),
            claims_left: Vec::new(),
            deleting: false,
            orphaned: false,
            rich: draw.percent(30),
            conditions: None,
            null_timestamps: match writer {
                Writer::Until1_33 => draw.percent(92),
                Writer::From1_34 => draw.percent(6),
            },
        };
        life.strategy = strategy(draw, life.replicas);
        if life.is_big() {
            life.rich = false;
            life.parallel = draw.percent(85);
            life.claims.truncate(1);
        }
        life.open_era(template);
        life
    }

    /// The Pod's name of this ordinal.
    pub fn pod_name(&self, ordinal: i64) -> String {
        format!("{}-{ordinal}", self.name)
    }

    /// Whether slow start has batches worth watching: such worlds are many objects, so they are rare and plain.
    pub fn is_big(&self) -> bool {
        self.replicas > 60
    }

    /// The ordinals that `spec.replicas` asks for.
    pub fn ordinals(&self) -> std::ops::Range<i64> {
        self.start..self.start + self.replicas
    }

    /// Goes on to the next edition of the template; it is stored and wanted.
    pub fn next_era(&mut self, draw: &mut Draw) -> usize {
        let edition = self.eras.len() + 1;
        let template = template::changed(draw, &self.eras[edition - 2].template, edition);
        self.open_era(template);
        self.wanted
    }

    fn open_era(&mut self, template: Value) {
        let index = self.eras.len();
        let data = self.revision_data(&template);
        let (name, hash) = go_form::revision_name(&self.name, &data, self.collisions.unwrap_or(0));
        let created = self.now.seconds - 86_400 + 600 * index as i64;
        self.eras.push(Era {
            template,
            data,
            name,
            hash,
            number: index as i64 + 1,
            created,
            stored: true,
        });
        self.wanted = index;
    }

    /// `data` of the revision that stores a template.
    pub fn revision_data(&self, template: &Value) -> Value {
        let mut template = template.clone();
        go_form::through_float64(&mut template);
        if self.null_timestamps {
            older::write_null_timestamps(&mut template);
        }
        template["$patch"] = json!("replace");
        object([("spec", object([("template", template)]))])
    }

    /// `creationTimestamp` of the set.
    pub fn born(&self) -> String {
        timestamp(self.now.seconds - 86_400)
    }
}

fn now(draw: &mut Draw) -> Moment {
    let nanos = *draw.weighted(&[
        (65, 0),
        (15, 500_000_000),
        (10, 123_456_789),
        (5, 999_999_999),
        (5, 1),
    ]);
    Moment {
        seconds: EPOCH + draw.between(0, 100_000),
        nanos,
    }
}

fn name(draw: &mut Draw) -> String {
    let usual = [
        (60, "web"),
        (12, "db"),
        (8, "web-0"),
        (6, "a"),
        (4, "my-app-2"),
        (3, "x.y"),
        (2, "0"),
    ];
    if draw.one_in(60) {
        let length = *draw.pick(&[52usize, 63, 222, 223, 224, 240, 253]);
        return "long-name-of-a-set-"
            .chars()
            .cycle()
            .take(length - 1)
            .chain(['z'])
            .collect();
    }
    (*draw.weighted(&usual)).to_string()
}

fn short(name: &str) -> String {
    name.chars()
        .filter(|letter| *letter != '.')
        .take(20)
        .collect::<String>()
        .trim_matches('-')
        .to_string()
}

fn replicas(draw: &mut Draw) -> i64 {
    match draw.below(1000) {
        0 | 1 => *draw.weighted(&[
            (30, 70),
            (25, 130),
            (15, 260),
            (15, 300),
            (7, 520),
            (5, 600),
            (3, 1_100),
        ]),
        2..=15 => draw.between(7, 40),
        16..=66 => 0,
        _ => draw.between(1, 6),
    }
}

fn start(draw: &mut Draw) -> i64 {
    match draw.below(100) {
        0..=79 => 0,
        80..=97 => draw.between(1, 5),
        98 => draw.between(9, 100),
        _ => *draw.pick(&[2_147_480_000, 2_147_482_000, 0, 2_147_481_000]),
    }
}

fn retention(draw: &mut Draw) -> (bool, bool) {
    *draw.weighted(&[
        (34, (false, false)),
        (22, (true, false)),
        (22, (false, true)),
        (22, (true, true)),
    ])
}

/// A strategy fit for this many replicas.
pub fn strategy(draw: &mut Draw, replicas: i64) -> Strategy {
    match draw.below(100) {
        0..=69 => Strategy::Rolling {
            partition: match draw.below(10) {
                0..=5 => 0,
                6..=8 => draw.between(0, replicas),
                _ => replicas + draw.between(1, 3),
            },
            max_unavailable: max_unavailable(draw),
        },
        70..=79 => Strategy::RollingBare,
        80..=89 => Strategy::OnDelete,
        _ => Strategy::Recreate,
    }
}

fn max_unavailable(draw: &mut Draw) -> Option<Value> {
    Some(match draw.below(100) {
        0..=44 => json!(1),
        45..=69 => json!(draw.between(2, 4)),
        70..=89 => json!(*draw.pick(&["50%", "25%", "100%", "1%", "34%"])),
        90..=91 => json!(0),
        92 => json!(*draw.pick(&["0%", "150%"])),
        _ => return None,
    })
}

fn labels(draw: &mut Draw) -> Map<String, Value> {
    let mut labels = Map::new();
    labels.insert("app".into(), json!("web"));
    if draw.one_in(5) {
        labels.insert("tier".into(), json!("back"));
    }
    labels
}

fn selector(draw: &mut Draw) -> Value {
    let expressions = [
        json!({"key": "app", "operator": "In", "values": ["web", "www"]}),
        json!({"key": "app", "operator": "Exists"}),
        json!({"key": "legacy", "operator": "DoesNotExist"}),
        json!({"key": "tier", "operator": "NotIn", "values": ["front"]}),
    ];
    match draw.below(20) {
        0..=15 => json!({"matchLabels": {"app": "web"}}),
        16 => json!({"matchExpressions": [expressions[0]]}),
        17 => json!({"matchExpressions": [draw.pick(&expressions)], "matchLabels": {"app": "web"}}),
        18 => json!({"matchExpressions": expressions}),
        _ => json!({"matchExpressions": [expressions[1], draw.pick(&expressions)]}),
    }
}
