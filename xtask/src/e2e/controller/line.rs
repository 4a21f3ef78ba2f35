//! The line between a program and the API server, which can be cut: bytes are handed on in both directions, and at any moment all
//! connections can be torn, watches and requests that are under way alike.

use std::io::copy;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// A listener on loopback that hands on to a server. It ends when it is dropped.
pub struct Line {
    address: SocketAddr,
    torn: Arc<Torn>,
    listening: Option<JoinHandle<()>>,
}

/// Both ends of every connection, so that they can be closed.
#[derive(Default)]
struct Torn {
    is_over: AtomicBool,
    ends: Mutex<Vec<TcpStream>>,
}

impl Line {
    /// A line to this port of loopback.
    ///
    /// # Errors
    /// No port is free.
    pub fn to(port: u16) -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| format!("no free port: {e}"))?;
        let address = listener.local_addr().map_err(|e| format!("no free port: {e}"))?;
        let torn = Arc::new(Torn::default());
        let listening = {
            let torn = Arc::clone(&torn);
            std::thread::spawn(move || accept(&listener, port, &torn))
        };
        Ok(Self {
            address,
            torn,
            listening: Some(listening),
        })
    }

    /// Where it begins.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Tears all connections; how many there were. New ones can be made at once.
    pub fn cut(&self) -> usize {
        let ends: Vec<TcpStream> = std::mem::take(&mut *self.torn.ends());
        let mut live = 0;
        for end in &ends {
            live += usize::from(end.shutdown(Shutdown::Both).is_ok());
        }
        live / 2
    }
}

impl Torn {
    fn ends(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.torn.is_over.store(true, Ordering::Relaxed);
        self.cut();
        // The listener looks up at the next connection, which is this one.
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

fn accept(listener: &TcpListener, port: u16, torn: &Torn) {
    for near in listener.incoming().flatten() {
        if torn.is_over.load(Ordering::Relaxed) {
            return;
        }
        let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else {
            continue;
        };
        let ends = (
            near.try_clone(),
            near.try_clone(),
            far.try_clone(),
            far.try_clone(),
        );
        let (Ok(near_again), Ok(near_end), Ok(far_again), Ok(far_end)) = ends else {
            continue;
        };
        torn.ends().extend([near_end, far_end]);
        hand_on(near, far);
        hand_on(far_again, near_again);
    }
}

/// One direction, until an end closes; then both are closed.
fn hand_on(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn a_line_hands_on_until_it_is_cut() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Line::to(server.local_addr().unwrap().port()).unwrap();
        let mut near = TcpStream::connect(("127.0.0.1", line.port())).unwrap();
        let (mut far, _) = server.accept().unwrap();
        near.write_all(b"hello").unwrap();
        let mut heard = [0; 5];
        far.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"hello");
        assert_eq!(line.cut(), 1);
        assert_eq!(near.read(&mut heard).unwrap_or(0), 0);
        assert!(TcpStream::connect(("127.0.0.1", line.port())).is_ok());
    }
}
