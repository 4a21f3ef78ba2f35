//! `/metrics`, `/healthz` and `/readyz`, over plain HTTP: three answers to GET, and nothing that needs a web server.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::log;

/// A request's head is at most so long.
const HEAD: usize = 8192;
const LIMIT: Duration = Duration::from_secs(5);
const CONNECTIONS: usize = 32;

/// What is asked for.
pub trait Pages: Send + Sync + 'static {
    /// The figures.
    fn metrics(&self) -> String;
    /// Why the program should be started anew; `Ok`: it need not be.
    fn health(&self) -> Result<(), String>;
    /// Why it does not work yet; `Ok`: it does, or stands by.
    fn readiness(&self) -> Result<(), String>;
}

/// Answers for ever.
pub async fn serve(listener: TcpListener, pages: Arc<impl Pages>) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let pages = Arc::clone(&pages);
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(LIMIT, answer(stream, &*pages)).await;
                    drop(permit);
                });
            }
            Err(error) => {
                log::warn(
                    "a connection could not be taken",
                    json!({"error": error.to_string()}),
                );
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(mut stream: TcpStream, pages: &impl Pages) -> std::io::Result<()> {
    let mut head: Vec<u8> = Vec::new();
    let mut part = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < HEAD {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            break;
        }
        head.extend(part.iter().take(read));
    }
    let line: String = head
        .iter()
        .take_while(|byte| **byte != b'\r')
        .map(|byte| char::from(*byte))
        .collect();
    let (status, body) = page(&line, pages);
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn page(line: &str, pages: &impl Pages) -> (&'static str, String) {
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method != "GET" {
        return ("405 Method Not Allowed", "only GET\n".to_owned());
    }
    let said = |answer: Result<(), String>| match answer {
        Ok(()) => ("200 OK", "ok\n".to_owned()),
        Err(why) => ("503 Service Unavailable", format!("{why}\n")),
    };
    match path.split('?').next().unwrap_or_default() {
        "/metrics" => ("200 OK", pages.metrics()),
        "/healthz" | "/livez" => said(pages.health()),
        "/readyz" => said(pages.readiness()),
        _ => (
            "404 Not Found",
            "there are /metrics, /healthz and /readyz\n".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Pages for Fixed {
        fn metrics(&self) -> String {
            "steadfast_sets 3\n".to_owned()
        }
        fn health(&self) -> Result<(), String> {
            Ok(())
        }
        fn readiness(&self) -> Result<(), String> {
            Err("pods are not followed".to_owned())
        }
    }

    async fn ask(address: std::net::SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[test]
    fn whoever_asks_gets_an_answer_whatever_was_asked() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = tokio::spawn(serve(listener, Arc::new(Fixed)));
            let metrics = ask(address, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await;
            assert!(
                metrics.starts_with("HTTP/1.1 200 OK\r\n") && metrics.ends_with("\r\n\r\nsteadfast_sets 3\n")
            );
            assert!(
                ask(address, b"GET /healthz HTTP/1.1\r\n\r\n")
                    .await
                    .ends_with("\r\n\r\nok\n")
            );
            let ready = ask(address, b"GET /readyz?verbose HTTP/1.1\r\n\r\n").await;
            assert!(ready.starts_with("HTTP/1.1 503 ") && ready.ends_with("pods are not followed\n"));
            assert!(
                ask(address, b"POST /metrics HTTP/1.1\r\n\r\n")
                    .await
                    .starts_with("HTTP/1.1 405 ")
            );
            assert!(ask(address, b"\xff\xfe\0").await.starts_with("HTTP/1.1 405 "));
            server.abort();
        });
    }
}
