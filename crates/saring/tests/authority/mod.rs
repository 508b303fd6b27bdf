//! A timestamp authority of our own on the loopback: openssl behind a socket, asleep at first.
#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a call that fails fails the test; not every test uses all"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const SETTINGS: &str = "[tsa]\ndefault_tsa = own\n[own]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n\
    certs = ca.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\n";

pub struct Authority {
    pub at: SocketAddr,
    awake: Arc<AtomicBool>,
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
        let (path, open) = (folder.path().to_owned(), Arc::clone(&awake));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &path, open.load(Ordering::SeqCst));
            }
        });
        Some(Self { at, awake, folder })
    }

    pub fn wake(&self) {
        self.awake.store(true, Ordering::SeqCst);
    }

    pub fn verifies(&self, data: &Path, stamp: &Path) {
        let (data, stamp) = (data.display(), stamp.display());
        assert!(openssl(self.folder.path(), &format!("ts -verify -data {data} -in {stamp} -CAfile ca.pem")));
    }
}

fn answer(mut stream: TcpStream, folder: &Path, awake: bool) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    if !awake {
        return stream.write_all(b"HTTP/1.1 503 Asleep\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    let mut question = vec![0; 69];
    stream.read_exact(&mut question)?;
    std::fs::write(folder.join("question"), question)?;
    openssl(folder, "ts -reply -config ts.cnf -queryfile question -out answer");
    let answer = std::fs::read(folder.join("answer"))?;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", answer.len());
    stream.write_all(&[head.as_bytes(), &answer].concat())
}
