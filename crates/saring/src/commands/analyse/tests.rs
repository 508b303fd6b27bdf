//! The contract of `docs` on small streams of own sentences.

use super::*;
use serde_json::Value;

const CLAIMS: &str = r#"{"id":"c1","title":"Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari","verdict":"Salah","date":null,"extra":1}
{"id":"c2","title":"Jembatan gantung lereng utara roboh menimpa lima orang","verdict":"entah"}
not json
{"id":"c1","title":"Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari","verdict":"Salah"}
"#;

fn analyse(args: &AnalyseArgs, input: &str) -> (bool, Vec<Value>, String) {
    let (mut output, mut messages) = (Vec::new(), Vec::new());
    let good = run(args, input.as_bytes(), &mut output, &mut messages).unwrap();
    let lines = String::from_utf8(output).unwrap();
    (
        good,
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        String::from_utf8(messages).unwrap(),
    )
}

fn with_claims() -> (tempfile::TempDir, AnalyseArgs) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("claims.jsonl");
    std::fs::write(&file, CLAIMS).unwrap();
    (folder, AnalyseArgs { claims: vec![file], top: 5, ..AnalyseArgs::default() })
}

#[test]
fn every_field_of_the_contract_is_there() {
    let (_folder, args) = with_claims();
    let input = r#"{"id":"a","text":"Sebarkan! Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari, kata dokter di Trenggalek","posted_at":"2026-11-24T08:30:00+07:00","who":"ignored"}"#;
    let (good, lines, messages) = analyse(&args, input);
    assert!(good && messages.contains("line 3") && messages.contains("repeat an id"), "{messages}");
    let line = &lines[0];
    let mut keys: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys.join(" "),
        "claims duplicate_of group_attack hate id labels language own_institution places priority protected queue spans"
    );
    assert_eq!(line["claims"][0]["id"], "c1");
    assert_eq!(line["claims"][0]["rating"], "false");
    assert_eq!(line["claims"][0]["relation"], "same");
    assert_eq!(line["queue"], "hoax");
    assert_eq!(line["places"][0]["code"], "35.03");
    assert_eq!(line["hate"].as_object().unwrap().len(), 12);
    assert!(line["duplicate_of"].is_null() && line["own_institution"] == false);
    let text: Vec<char> =
        serde_json::from_str::<Value>(input).unwrap()["text"].as_str().unwrap().chars().collect();
    let span = &line["places"][0]["spans"][0];
    let (from, to) = (span[0].as_u64().unwrap() as usize, span[1].as_u64().unwrap() as usize);
    assert_eq!(text[from..to].iter().collect::<String>(), "Trenggalek");
    let because: Vec<&str> =
        line["spans"].as_array().unwrap().iter().map(|s| s["because"].as_str().unwrap()).collect();
    assert!(because.contains(&"claim:c1") && because.contains(&"place:35.03"), "{because:?}");
    assert!(line["priority"]["reasons"][0].as_str().unwrap().starts_with("repeats a claim rated false ("));
}

#[test]
fn a_text_that_comes_again_has_the_same_findings() {
    let (_folder, args) = with_claims();
    let args = AnalyseArgs { threads: 1, ..args };
    let texts = [
        r#""text":"Sebarkan! Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari""#,
        r#""text":"Sebarkan! Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari","posted_at":"2026-11-24T08:30:00+07:00""#,
        r#""text":"kapan jalan di Trenggalek diperbaiki pak?","kind":"post""#,
        r#""text":"kapan jalan di Trenggalek diperbaiki pak?","kind":"article""#,
    ];
    let lines = |rounds: usize| -> String {
        let of = |at: usize| format!("{{\"id\":\"i\\\"{at}\",{}}}\n", texts[at % texts.len()]);
        (0..rounds * texts.len()).map(of).collect()
    };
    let (_, first, _) = analyse(&args, &lines(1));
    // more than one thread takes together: only what was judged before is found
    let (_, all, _) = analyse(&args, &lines(80));
    for (at, line) in all.iter().enumerate() {
        let (mut own, mut wanted) = (line.clone(), first[at % texts.len()].clone());
        assert_eq!(own["id"], format!("i\"{at}"));
        assert_eq!(own["duplicate_of"].is_null(), [0].contains(&at) || at == 2, "{at}: {own}");
        for value in [&mut own, &mut wanted] {
            // copies raise the priority of what stands in a queue with a date
            ["id", "duplicate_of", "priority"].iter().for_each(|key| value[key] = Value::Null);
        }
        assert_eq!(own, wanted, "{at}");
    }
}

#[test]
fn an_offices_own_groups_are_protected_too() {
    let input = r#"{"id":"a","text":"Usir semua orang Waringka dari kampung kita, mereka kotor"}"#;
    let (_, shipped, _) = analyse(&AnalyseArgs::default(), input);
    assert!(shipped[0]["group_attack"]["target"].is_null(), "{}", shipped[0]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "# dari seberang\nethnicity:waringka | head | Waringka\n").unwrap();
    let args = AnalyseArgs { groups: Some(file.path().to_owned()), ..AnalyseArgs::default() };
    let (_, own, _) = analyse(&args, input);
    assert_eq!(own[0]["group_attack"]["target"], "ethnicity:waringka", "{}", own[0]);
    assert_eq!(own[0]["queue"], "hate");

    std::fs::write(file.path(), "profession:waringka | head | Waringka\n").unwrap();
    let why = run(&args, input.as_bytes(), &mut Vec::new(), &mut Vec::new()).unwrap_err();
    assert!(format!("{why:#}").contains("line 1: 'profession' is no trait"), "{why:#}");
}

#[test]
fn a_bad_line_has_its_place_and_the_stream_goes_on() {
    let input = "{\"id\":\"a\",\"text\":\"satu\"}\n\n{\"id\":\"b\"\n{\"qid\":7,\"query\":\"dua\"}\n{\"id\":\"d\"}\n\
                 {\"id\":\"e\",\"text\":\"x\",\"posted_at\":\"kemarin\"}\n{\"id\":\"f\",\"text\":5}\n[1]\n{\"text\":\"tanpa id\"}\n{\"id\":\"z\",\"text\":\"\"}\n";
    let (good, lines, _) = analyse(&AnalyseArgs::default(), input);
    assert!(!good);
    let seen: Vec<String> =
        lines.iter().map(|line| format!("{} {}", line["id"], line["error"]["line"])).collect();
    assert_eq!(
        seen,
        [
            "\"a\" null",
            "null 3",
            "\"7\" null",
            "\"d\" 5",
            "\"e\" 6",
            "\"f\" 7",
            "null 8",
            "null 9",
            "\"z\" null"
        ]
    );
    assert!(lines[4]["error"]["message"].as_str().unwrap().contains("RFC 3339"));
}

#[test]
fn bytes_that_are_no_text_are_a_bad_line() {
    let mut output = Vec::new();
    let input = b"{\"id\":\"a\",\"text\":\"\xff\xfe\"}\n{\"id\":\"b\",\"text\":\"baik\"}";
    assert!(!run(&AnalyseArgs::default(), input.as_slice(), &mut output, &mut Vec::new()).unwrap());
    let text = String::from_utf8(output).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn output_is_the_same_whatever_the_threads() {
    let (_folder, args) = with_claims();
    let mut input = String::new();
    for at in 0..5000 {
        let text = ["air rebusan daun kelorang", "jalan rusak di Panggul, Trenggalek", "pagi 🙂"][at % 3];
        input.push_str(&format!("{{\"id\":\"i{at}\",\"text\":\"{text} nomor {}\"}}\n", at % 700));
    }
    let outputs: Vec<Vec<Value>> = [1, 2, 3]
        .iter()
        .map(|&threads| analyse(&AnalyseArgs { threads, ..args.clone() }, &input).1)
        .collect();
    assert_eq!(outputs[0].len(), 5000);
    assert!(outputs[0][4000]["duplicate_of"].is_string());
    assert!(outputs[0] == outputs[1] && outputs[1] == outputs[2]);
}

#[test]
fn copies_are_named_and_counted() {
    let text = "mulai besok jembatan gantung di lereng utara ditutup dua minggu karena talinya putus";
    let line = |id: &str, hour: u32| {
        format!("{{\"id\":\"{id}\",\"text\":\"{text}\",\"posted_at\":\"2026-11-24T{hour:02}:00:00Z\"}}\n")
    };
    let (_, lines, _) = analyse(&AnalyseArgs::default(), &(line("a", 1) + &line("b", 2)));
    assert_eq!(lines[1]["duplicate_of"], "a");
}

#[test]
fn a_missing_encoder_says_how_it_is_installed() {
    if crate::encoder::path().unwrap().is_file() {
        return println!("skipped: the encoder is installed here");
    }
    let args = AnalyseArgs { precise: true, ..AnalyseArgs::default() };
    let error = run(&args, &b""[..], &mut Vec::new(), &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("run `saring model install`"), "{error}");
}

#[test]
fn stats_are_a_table_for_people() {
    let args = AnalyseArgs { stats: true, top: 5, threads: 1, ..AnalyseArgs::default() };
    let (_, _, messages) = analyse(&args, "{\"id\":\"a\",\"text\":\"satu\"}\n");
    assert!(
        ["load", "read", "judge", "settle", "encode", "write", "all"]
            .iter()
            .all(|stage| messages.contains(stage)),
        "{messages}"
    );
}

#[test]
fn fields_that_other_files_use_in_their_own_way_do_no_harm() {
    let input = r#"{"id":"a","qid":"q","text":"satu","query":"dua","kind":"news 2025","url":5,"source":["x"],"posted_at":null}"#;
    let (good, lines, _) = analyse(&AnalyseArgs::default(), input);
    assert!(good && lines[0]["id"] == "a", "{lines:?}");
}

#[test]
fn a_line_of_a_slow_stream_is_answered_before_the_next_one_comes() {
    let (input, mut ask) = std::io::pipe().unwrap();
    let (answers, mut output) = std::io::pipe().unwrap();
    let work = std::thread::spawn(move || {
        let args = AnalyseArgs { threads: 1, ..AnalyseArgs::default() };
        run(&args, std::io::BufReader::new(input), &mut std::io::BufWriter::new(&mut output), &mut Vec::new())
    });
    let (hand, answered) = sync_channel(0);
    std::thread::spawn(move || {
        std::io::BufReader::new(answers).lines().map_while(Result::ok).try_for_each(|line| hand.send(line))
    });
    for id in ["a", "b", "c"] {
        writeln!(ask, r#"{{"id":"{id}","text":"jalan rusak lagi"}}"#).unwrap();
        let line = answered.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(line.starts_with(&format!(r#"{{"id":"{id}""#)), "{line}");
    }
    drop(ask);
    assert!(work.join().unwrap().unwrap() && answered.recv().is_err());
}

#[test]
fn long_lines_among_short_ones_are_answered_in_order() {
    let line = |n: usize| {
        let text = "jalan rusak lagi ".repeat(if n.is_multiple_of(2) { line::LONG / 16 } else { 1 });
        format!("{{\"id\":\"{n}\",\"text\":\"{text}\"}}\n")
    };
    let input: String = (0..6).map(line).collect();
    assert!(line(0).len() > line::LONG);
    let (good, lines, _) = analyse(&AnalyseArgs::default(), &input);
    let ids: Vec<&str> = lines.iter().filter_map(|line| line["id"].as_str()).collect();
    assert!(good && ids == ["0", "1", "2", "3", "4", "5"], "{ids:?}");
}
