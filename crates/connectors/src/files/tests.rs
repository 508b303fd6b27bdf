//! Files as people export them, whole and damaged.

use super::*;

fn now() -> Timestamp {
    "2026-11-25T00:00:00Z".parse().unwrap()
}

struct Read {
    good: Vec<(Capture, Item)>,
    bad: Vec<(u64, String)>,
    format: Format,
    mapping: String,
}

fn try_read(name: &str, bytes: &[u8], maps: &[(Field, &str)]) -> Result<Read, FetchError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut options = Options::new("impor".into(), [3; 32], now());
    options.maps = maps.iter().map(|(field, name)| (*field, (*name).to_owned())).collect();
    let mut rows = open(&path, &options)?;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in rows.by_ref() {
        match row {
            Row::Good(pair) => good.push(*pair),
            Row::Bad { line, flaw } => bad.push((line, flaw.to_string())),
        }
    }
    assert!(
        rows.place().byte >= bytes.len() as u64
            || bytes.starts_with(&[0xff, 0xfe])
            || bytes.starts_with(&[0xfe, 0xff])
    );
    Ok(Read { good, bad, format: rows.format(), mapping: rows.mapping().to_string() })
}

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Read {
    try_read(name, bytes.as_ref(), &[]).unwrap()
}

impl Read {
    fn texts(&self) -> Vec<&str> {
        self.good.iter().map(|(_, item)| item.text.as_str()).collect()
    }
}

#[test]
fn a_truncated_line_costs_only_itself() {
    let mut text = String::new();
    for n in 1..=10_000 {
        let whole = format!(
            "{{\"id\":\"p{n}\",\"text\":\"kabar nomor {n}\",\"posted_at\":\"2026-11-24T01:00:00Z\"}}"
        );
        text.push_str(if n == 5_000 { &whole[..25] } else { &whole });
        text.push('\n');
    }
    let read = read("a.jsonl", text);
    assert_eq!((read.good.len(), read.bad.len(), read.format), (9_999, 1, Format::Jsonl));
    assert!(read.bad[0].0 == 5_000 && read.bad[0].1.contains("JSON"), "{:?}", read.bad);
    assert_eq!(read.good[4_999].1.text, "kabar nomor 5001");
    let ids: std::collections::HashSet<_> = read.good.iter().map(|(_, item)| item.id.clone()).collect();
    assert_eq!(ids.len(), 9_999);
}

#[test]
fn the_format_of_the_contract_is_read_and_repeats_collapse() {
    let lines = "{\"qid\":\"q1\",\"query\":\"apa benar?\",\"other\":[1]}\n\n{\"text\":\"tanpa id\",\"url\":\"https://a.example/1\"}\r\n\
        {\"text\":\"\u{1f525}\u{1f525}\u{1f525}\"}\n{\"id\":\"x\"}\n[]\n{\"id\":9,\"text\":\"nol\\u0000di sini\",\"kind\":\"comment\"}";
    let first = read("a.jsonl", lines);
    assert_eq!(first.texts(), ["apa benar?", "tanpa id", "\u{1f525}\u{1f525}\u{1f525}", "noldi sini"]);
    assert_eq!(first.bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6]);
    assert_eq!((first.good[0].0.native_id.as_str(), first.good[3].1.kind), ("q1", ItemKind::Comment));
    let second = read("b.jsonl", lines);
    assert_eq!(first.good, second.good, "the same rows give the same ids");
}

#[test]
fn exports_of_platforms_and_their_tools_are_read_as_they_are() {
    let file =
        |name: &str| std::fs::read(format!("{}/fixtures/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let cases: [(&str, usize, &[&str]); 5] = [
        (
            "crowdtangle_facebook.csv",
            1,
            &[
                "https://www.facebook.com/1000000001/posts/7001 | 2026-11-24T00:30:00Z | Katanya tanggul Karangjati jebol tadi malam. Ada yang tahu?",
                "https://www.facebook.com/1000000002/posts/7002 | 2026-07-01T12:00:00Z | Air PDAM mati sampai siang, harap menampung.",
            ],
        ),
        (
            "crowdtangle_instagram.csv",
            0,
            &[
                "https://www.instagram.com/p/Contoh1/ | 2026-11-24T00:31:00Z | Jembatan Karangjati ditutup sementara, lewat jalur atas ya. #lereng",
            ],
        ),
        (
            "content_library.csv",
            0,
            &[
                "https://library.example/post/880000000000001 | 2026-11-23T11:02:03Z | Vaksin gratis di balai desa hari Kamis, bawa kartu keluarga.",
            ],
        ),
        (
            "youtube_comments.csv",
            0,
            &[
                "UgContoh1 | 2026-11-23T23:10:00Z | Itu video lama, banjirnya tahun kemarin",
                "UgContoh1.9a | 2026-11-24T00:02:11Z | @sastro.lereng betul, sudah dicek",
            ],
        ),
        (
            "youtube_comments.ndjson",
            0,
            &[
                "UgContoh1 | 2026-11-22T23:10:00.5Z | Itu video lama, banjirnya tahun kemarin",
                "UgContoh1.9a | 2026-11-24T00:02:11.2Z | betul, sudah dicek",
            ],
        ),
    ];
    for (name, bad, expect) in cases {
        let read = read(name, file(name));
        let line = |(capture, item): &(Capture, Item)| {
            assert!(item.account.is_some(), "{name}: who posted is a pseudonym");
            let raw = String::from_utf8_lossy(&capture.raw);
            for handle in ["wargalereng", "lerenghariini", "balaidesa", "UCcontoh", "Page Name"] {
                assert!(!raw.contains(handle), "{name}: {raw}");
            }
            let at = item.posted_at.map(|at| at.to_string()).unwrap_or_default();
            format!("{} | {at} | {}", item.url.as_deref().unwrap_or(&capture.native_id), item.text)
        };
        assert_eq!(read.good.iter().map(line).collect::<Vec<_>>(), expect, "{name}: {}", read.mapping);
        assert_eq!(read.bad.len(), bad, "{name}: {:?}", read.bad);
    }
}

#[test]
fn tables_with_quotes_and_line_breaks_are_read() {
    let table = "No;Pesan;Tanggal;Akun\n1;\"Kata dia: \"\"aman\"\"; tenang\";24/11/2026 08:30;@budi\n2;\"dua\nbaris\";;@ani\n\n3;tiga;;\n4;kurang\n5;lima;;x\n";
    let read = read("a.csv", table);
    assert_eq!(read.texts(), ["Kata dia: \"aman\"; tenang", "dua\nbaris", "tiga", "lima"]);
    assert_eq!(read.mapping, "text=Pesan id=No posted_at=Tanggal author=Akun");
    assert_eq!(read.good[0].1.posted_at, "2026-11-24T08:30:00Z".parse().ok());
    assert!(read.bad.len() == 1 && read.bad[0].0 == 7, "{:?}", read.bad);
    assert!(read.good[2].1.account.is_none());
}

#[test]
fn a_quote_that_never_closes_costs_only_its_line() {
    let mut table = String::from("id,text\n1,satu\n2,\"terbuka\n");
    for n in 3..6_000 {
        table.push_str(&format!("{n},isi {n}\n"));
    }
    let read = read("a.csv", table);
    assert_eq!((read.bad.len(), read.good.len()), (1, 5_998), "{:?}", read.bad);
    assert!(read.bad[0].0 == 3 && read.bad[0].1.contains("quote"), "{:?}", read.bad);
}

#[test]
fn columns_are_given_or_guessed_or_asked_for() {
    let table = b"kolom,lain\nisi,x\n";
    let error = try_read("a.csv", table, &[]).err().unwrap().to_string();
    assert!(error.contains("--map text=") && error.contains("kolom, lain"), "{error}");
    let given = try_read("a.csv", table, &[(Field::Text, "kolom")]).unwrap();
    assert_eq!(given.texts(), ["isi"]);
    assert!(try_read("a.csv", table, &[(Field::Text, "tiada")]).is_err());
    let nested = try_read("a.jsonl", br#"{"isi":{"badan":"dalam"}}"#, &[(Field::Text, "isi.badan")]).unwrap();
    assert_eq!(nested.texts(), ["dalam"]);
}

#[test]
fn a_large_item_is_kept_and_a_huge_line_named() {
    let item = |n: usize| format!("{{\"id\":\"{n}\",\"text\":\"{}\"}}\n", "kata ".repeat(n / 5));
    let text = item(5 << 20) + &item(100) + &item(20 << 20) + &item(200);
    let read = read("a.jsonl", text);
    let sizes: Vec<usize> = read.good.iter().map(|(_, item)| item.text.len() / 1_000).collect();
    assert_eq!(sizes, [5_242, 0, 0]);
    assert!(read.bad.len() == 1 && read.bad[0].0 == 3 && read.bad[0].1.contains("MiB"), "{:?}", read.bad);
}

#[test]
fn every_usual_encoding_is_read() {
    let table = "id,teks\n1,Caf\u{e9} \u{201c}desa\u{201d}\n2,dua\n";
    let lines =
        "{\"id\":\"1\",\"text\":\"Caf\u{e9} \u{201c}desa\u{201d}\"}\n{\"id\":\"2\",\"text\":\"dua\"}\n";
    for text in [table, lines] {
        let le = [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        let be = [vec![0xfe, 0xff], text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat();
        let latin = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for (at, bytes) in [text.as_bytes().to_vec(), marked, latin, le, be].into_iter().enumerate() {
            let read = read("a.dat", bytes);
            assert_eq!(read.texts(), ["Caf\u{e9} \u{201c}desa\u{201d}", "dua"], "{at}: {text}");
        }
    }
}

#[test]
fn research_exports_are_known() {
    let table = "id,thread_id,timestamp,body,subject,author,unix_timestamp\n7,7,2026-11-24 01:00:00,\"isi kiriman\",,budi,1795482000\n";
    let four = read("4cat.csv", table);
    assert_eq!((four.format, four.texts()), (Format::FourCat, vec!["isi kiriman"]));
    assert_eq!(four.good[0].1.posted_at, "2026-11-24T01:00:00Z".parse().ok());
    let lines = r#"{"nav_index":"1:0","item_id":"71","timestamp_collected":1795490000000,"source_platform":"tiktok.com","data":{"id":"71","desc":"video banjir","createTime":1795482000,"author":{"uniqueId":"budi77","nickname":"Budi S","avatarThumb":"https://a.example/x"},"stats":{"diggCount":3}}}
{"item_id":"72","source_platform":"twitter.com","data":{"rest_id":"72","legacy":{"full_text":"cuit pendek...","created_at":"Tue Nov 24 01:00:00 +0000 2026"},"note_tweet":{"note_tweet_results":{"result":{"text":"cuit panjang sekali"}}},"core":{"user_results":{"result":{"legacy":{"screen_name":"budi77","followers_count":12}}}}}}
{"item_id":"73","source_platform":"instagram.com","data":{"id":"73_1","caption":{"text":"foto pasar"},"taken_at":1795482000,"user":{"username":"budi77"}}}
{"item_id":"74","source_platform":"linkedin.com","data":{"aneh":true}}"#;
    let collected = read("z.ndjson", lines);
    assert_eq!(collected.format, Format::Zeeschuimer);
    assert_eq!(collected.texts(), ["video banjir", "cuit panjang sekali", "foto pasar"]);
    assert_eq!(collected.bad.len(), 1);
    let outlets: Vec<_> = collected.good.iter().filter_map(|(_, item)| item.outlet.as_deref()).collect();
    assert_eq!(outlets, ["tiktok.com", "twitter.com", "instagram.com"]);
    for (capture, item) in collected.good.iter().chain(&four.good) {
        assert_eq!(item.posted_at, "2026-11-24T01:00:00Z".parse().ok());
        let all = String::from_utf8_lossy(&capture.raw).into_owned() + &serde_json::to_string(item).unwrap();
        for word in ["budi", "Budi", "avatar", "followers", "digg"] {
            assert!(!all.contains(word), "{word} in {all}");
        }
        assert!(item.account.is_some());
    }
    let accounts: std::collections::HashSet<_> =
        collected.good.iter().map(|(_, item)| item.account.clone()).collect();
    assert_eq!(accounts.len(), 1, "one handle, one pseudonym");
}

#[test]
fn what_is_no_table_says_so() {
    assert!(try_read("a.csv", b"PK\x03\x04", &[]).err().unwrap().to_string().contains("unpack"));
    assert!(try_read("a.csv", b"", &[]).is_err());
    assert!(open("/no/such/file.csv".as_ref(), &Options::new("x".into(), [0; 32], now())).is_err());
    let deep = format!("{}\n{{\"text\":\"baik\"}}\n", "{\"a\":".repeat(100_000));
    let read = read("a.jsonl", deep);
    assert_eq!((read.texts(), read.bad.len()), (vec!["baik"], 1));
}
