//! A timestamp authority of our own on the loopback, for the tests of every crate: openssl behind a socket, asleep at first.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a call that fails fails the test; not every test uses all"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

const SETTINGS: &str = "[tsa]\ndefault_tsa = own\n[own]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n\
    certs = ca.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\n";

pub struct Authority {
    pub at: SocketAddr,
    awake: Arc<AtomicBool>,
    /// Byte of the next question that is changed, and the bits.
    bent: Arc<Mutex<Option<(usize, u8)>>>,
    folder: tempfile::TempDir,
}

fn openssl(folder: &Path, args: &str) -> bool {
    Command::new("openssl").args(args.split(' ')).current_dir(folder).output().unwrap().status.success()
}

impl Authority {
    /// `None` where there is no openssl.
    pub fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            println!("skipped: there is no openssl");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("ts.cnf", SETTINGS);
        write("serial", "01");
        write("ext", "extendedKeyUsage=critical,timeStamping\n");
        for args in [
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=Otoritas -days 2",
            "req -new -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Stempel",
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 2 -extfile ext",
        ] {
            assert!(openssl(folder.path(), args), "{args}");
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (at, awake) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let bent: Arc<Mutex<Option<(usize, u8)>>> = Arc::default();
        let (path, open, bend) = (folder.path().to_owned(), Arc::clone(&awake), Arc::clone(&bent));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &path, open.load(Ordering::SeqCst), bend.lock().unwrap().take());
            }
        });
        Some(Self { at, awake, bent, folder })
    }

    /// Where questions are sent.
    pub fn url(&self) -> String {
        format!("http://{}/tsa", self.at)
    }

    /// Answers another question than the next one that comes: these bits of its byte `at` are turned.
    pub fn bend(&self, at: usize, bits: u8) {
        *self.bent.lock().unwrap() = Some((at, bits));
    }

    pub fn wake(&self) {
        self.awake.store(true, Ordering::SeqCst);
    }

    /// Whether openssl takes the answer in the file `stamp` for one about the file `data`.
    pub fn verifies(&self, data: &Path, stamp: &Path) -> bool {
        let (data, stamp) = (data.display(), stamp.display());
        openssl(self.folder.path(), &format!("ts -verify -data {data} -in {stamp} -CAfile ca.pem"))
    }
}

fn answer(
    mut stream: TcpStream,
    folder: &Path,
    awake: bool,
    bent: Option<(usize, u8)>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    if !awake {
        return stream.write_all(b"HTTP/1.1 503 Asleep\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    if !head.starts_with("post /tsa ") || !head.contains("content-type: application/timestamp-query") {
        return stream
            .write_all(b"HTTP/1.1 400 No question\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    let mut question = vec![0; 69];
    stream.read_exact(&mut question)?;
    if let Some((at, bits)) = bent {
        question[at] ^= bits;
    }
    std::fs::write(folder.join("question"), question)?;
    openssl(folder, "ts -reply -config ts.cnf -queryfile question -out answer");
    let answer = std::fs::read(folder.join("answer"))?;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
    stream.write_all(&[head.as_bytes(), &answer].concat())
}
