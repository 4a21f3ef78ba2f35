//! A world on its way to one or several programs: its text for them, and what the core reads from it.

use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use steadfast_core::{Observation, Observed, Plan, Timestamp};

use crate::worlds::{self, World, Writer};

/// In which form a version must be asked: who wrote the revisions, and whether the world has to lie around the present
/// because the controller reads the real clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    pub writer: Writer,
    pub is_placed: bool,
}

/// One world, in one form.
pub struct Question {
    pub seed: u64,
    pub notes: Vec<&'static str>,
    /// The observation as JSON text.
    pub text: String,
    parsed: OnceLock<Result<(Observed, Timestamp), String>>,
    unparsed: Mutex<Option<Value>>,
    agreed: Mutex<Vec<(String, Plan)>>,
    room: Option<Room>,
}

/// How many bytes of worlds are under way; asking for more waits until others are answered.
#[derive(Clone)]
pub struct Window(Arc<(Mutex<usize>, Condvar)>);

struct Room {
    window: Window,
    bytes: usize,
}

/// Worlds that have room in the window and have not been sent yet, by their forms.
pub struct Gathered {
    window: Window,
    blocks: Vec<(Form, Vec<Arc<Question>>)>,
    bytes: usize,
}

/// How many bytes of worlds are gathered before they are sent, each block to one program after the other. Long enough that a
/// program's memory is warm most of the time: eight programs that take turns world by world need twice the processor time.
const GATHERED: usize = 3 << 20;

/// The bytes that may be under way at once in one line of work. More than what is gathered, so that whoever gathers never
/// waits for what has not been sent yet. A world past it goes alone.
const WINDOW: usize = 4 * GATHERED;

impl Form {
    /// The form for a version such as `1.34.10`.
    pub fn of(kubernetes: &str) -> Self {
        Self {
            writer: Writer::of(kubernetes),
            is_placed: reads_clock(kubernetes),
        }
    }

    /// The world of this seed in this form, now.
    pub fn world(self, seed: u64) -> World {
        self.placed(worlds::world_by(seed, self.writer))
    }

    /// The world around the present, where that matters.
    pub fn placed(self, world: World) -> World {
        if self.is_placed {
            world.placed_at(present())
        } else {
            world
        }
    }
}

/// Whether the controller of this version reads the real clock inside: up to 1.35.0.
pub fn reads_clock(kubernetes: &str) -> bool {
    let mut numbers = kubernetes
        .split('.')
        .skip(1)
        .map(|number| number.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(35), patch) => patch == Some(0),
        (Some(minor), _) => minor < 35,
        _ => false,
    }
}

fn present() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}

impl Question {
    /// The world as a question that nobody has been asked yet.
    pub fn of(seed: u64, world: World) -> Self {
        Self {
            seed,
            notes: world.notes,
            text: world.observation.to_string(),
            parsed: OnceLock::new(),
            unparsed: Mutex::new(Some(world.observation)),
            agreed: Mutex::default(),
            room: None,
        }
    }

    /// Whether this very answer and this very plan were compared for another version already, and agreed: most worlds are
    /// decided alike in every version, and comparing takes longer than deciding.
    pub fn is_known_to_agree(&self, answer: &str, plan: &Plan) -> bool {
        let agreed = self.agreed.lock().expect("no thread panics with it");
        agreed.iter().any(|(text, ours)| text == answer && ours == plan)
    }

    /// Notes that they agree.
    pub fn note_agreement(&self, answer: &str, plan: Plan) {
        let mut agreed = self.agreed.lock().expect("no thread panics with it");
        agreed.push((answer.to_owned(), plan));
    }

    /// What the core reads; parsed once, whoever asks first.
    ///
    /// # Errors
    /// A sentence, where the core cannot read the world.
    pub fn observed(&self) -> Result<(&Observed, Timestamp), String> {
        let parse = || {
            let unparsed = self.unparsed.lock().expect("no thread panics with it").take();
            parse(unparsed.ok_or("the world is gone")?)
        };
        let parsed = self.parsed.get_or_init(parse).as_ref();
        parsed
            .map(|(observed, now)| (observed, *now))
            .map_err(Clone::clone)
    }
}

/// An observation as the core reads it, with its `now`.
///
/// # Errors
/// A sentence, where it is no observation.
pub fn parse(observation: Value) -> Result<(Observed, Timestamp), String> {
    let observation: Observation =
        serde_json::from_value(observation).map_err(|error| format!("not an observation: {error}"))?;
    let now = observation.now.ok_or("the observation has no `now`")?;
    let observed = Observed::parse(observation).map_err(|error| error.to_string())?;
    Ok((observed, now))
}

impl Gathered {
    /// Nothing yet, for questions in these forms.
    pub fn in_forms(forms: impl IntoIterator<Item = Form>) -> Self {
        let mut blocks: Vec<(Form, Vec<Arc<Question>>)> = Vec::new();
        for form in forms {
            if !blocks.iter().any(|(known, _)| *known == form) {
                blocks.push((form, Vec::new()));
            }
        }
        Self {
            window: Window::default(),
            blocks,
            bytes: 0,
        }
    }

    /// The forms that are needed, each once.
    pub fn forms(&self) -> Vec<Form> {
        self.blocks.iter().map(|(form, _)| *form).collect()
    }

    /// Adds a question in this form. Where there would be too many, those before it are sent first; then it waits for room.
    pub fn put(&mut self, form: Form, mut question: Question, send: impl FnMut(Form, &[Arc<Question>])) {
        let bytes = question.text.len();
        if self.bytes + bytes > GATHERED {
            self.send_all(send);
        }
        question.room = Some(self.window.enter(bytes));
        self.bytes += bytes;
        let block = self.blocks.iter_mut().find(|(known, _)| *known == form);
        if let Some((_, block)) = block {
            block.push(Arc::new(question));
        }
    }

    /// Sends all of it.
    pub fn send_all(&mut self, mut send: impl FnMut(Form, &[Arc<Question>])) {
        for (form, block) in &mut self.blocks {
            send(*form, block);
            block.clear();
        }
        self.bytes = 0;
    }
}

impl Default for Window {
    fn default() -> Self {
        Self(Arc::new((Mutex::new(0), Condvar::new())))
    }
}

impl Window {
    fn enter(&self, bytes: usize) -> Room {
        let (taken, left) = &*self.0;
        let mut taken = taken.lock().expect("no thread panics with it");
        while *taken > 0 && *taken + bytes > WINDOW {
            taken = left.wait(taken).expect("no thread panics with it");
        }
        *taken += bytes;
        Room {
            window: self.clone(),
            bytes,
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let (taken, left) = &*self.window.0;
        *taken.lock().expect("no thread panics with it") -= self.bytes;
        left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, GATHERED, Gathered, Question, WINDOW, Window, reads_clock};
    use steadfast_core::Profile;

    #[test]
    fn the_clock_is_read_inside_up_to_1_35_0() {
        let rows = Profile::ROWS.map(reads_clock);
        assert_eq!(rows, [true, true, true, true, false, false, false, false]);
    }

    #[test]
    fn a_full_window_holds_the_next_world_until_one_has_left() {
        let window = Window::default();
        let form = Form::of("1.37.1");
        let mut first = Question::of(1, form.world(1));
        first.room = Some(window.enter(first.text.len()));
        let rest = window.enter(super::WINDOW - first.text.len());
        let next = window.clone();
        let waiting = std::thread::spawn(move || next.enter(1).bytes);
        std::thread::sleep(std::time::Duration::from_millis(30));
        assert!(!waiting.is_finished());
        drop(first);
        assert_eq!(waiting.join().unwrap(), 1);
        drop(rest);
    }

    #[test]
    fn whoever_gathers_worlds_of_any_size_never_waits_for_its_own() {
        let forms = ["1.33.13", "1.34.1", "1.37.1"].map(Form::of);
        let (done, is_done) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut gathered = Gathered::in_forms(forms);
            let (mut sent, sizes) = (0, [10, GATHERED - 5, WINDOW + 1, 1, GATHERED / 2, WINDOW - 1, 7]);
            for size in sizes {
                for form in forms {
                    let mut question = Question::of(1, form.world(1));
                    question.text = "x".repeat(size);
                    gathered.put(form, question, |_, block| sent += block.len());
                }
            }
            gathered.send_all(|_, block| sent += block.len());
            done.send(sent).unwrap();
        });
        let sent = is_done.recv_timeout(std::time::Duration::from_secs(30));
        assert_eq!(sent, Ok(21));
    }
}
