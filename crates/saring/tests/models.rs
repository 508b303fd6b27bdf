//! A model file that cannot be used costs the scores, never the capture, and is named; mended, everything is scored.
#![allow(clippy::unwrap_used, reason = "a call that fails fails the test")]

mod office;

use office::TestOffice;
use serde_json::json;

/// The shipped weights of a detector.
const GOOD: &[u8] = include_bytes!("../../../models/protected.bin");

/// A fault and what is said of it.
type Fault = (&'static str, fn() -> Vec<u8>, &'static str);

const FAULTS: [Fault; 5] = [
    ("empty", Vec::new, "not a Saring model file"),
    ("of something else", || b"PK\x03\x04 packed".to_vec(), "not a Saring model file"),
    ("cut short", || GOOD[..30].to_vec(), "cut short"),
    (
        "of another version",
        || {
            let text = String::from_utf8_lossy(&GOOD[12..300]).find("\"format\":").unwrap() + 12 + 9;
            let mut bytes = GOOD.to_vec();
            bytes[text] = b'9';
            bytes
        },
        "use the model of the same release",
    ),
    (
        "tampered with",
        || {
            let mut bytes = GOOD.to_vec();
            *bytes.last_mut().unwrap() ^= 1;
            bytes
        },
        "its checksum does not match",
    ),
];

/// An office with this setting of its analysis.
fn with_analysis(setting: &str) -> TestOffice {
    let office = TestOffice::new("");
    let path = office.path("saring.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, settings.replace("[analysis]\n", &format!("[analysis]\n{setting}\n"))).unwrap();
    office
}

#[test]
fn posts_are_captured_whatever_is_wrong_with_a_model_and_scored_once_it_is_mended() {
    let office = with_analysis("models = \"weights\"");
    std::fs::create_dir(office.path("weights")).unwrap();
    for (at, (fault, bytes, said)) in FAULTS.iter().enumerate() {
        std::fs::write(office.path("weights/protected.bin"), bytes()).unwrap();
        let post =
            json!({ "id": at.to_string(), "text": format!("Kabar pagi nomor {at}: jalan desa berlubang") });
        let file = office.write("posts.jsonl", &format!("{post}\n"));
        let output = office.run(&["import", &file, "--json"]);
        let counts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(counts["import"]["new"], json!(1), "{fault}: {counts}");
        let (judged, unscored) = (&counts["analysis"]["judged"], &counts["analysis"]["unscored"]);
        // those before are tried again each time
        assert_eq!((judged, unscored), (&json!(0), &json!(at + 1)), "{fault}: {counts}");
        let told = office::text(&output);
        assert!(told.contains(said) && told.contains("'protected'"), "{fault}: {told}");
        let checked = office::text(&office.run(&["check"]));
        assert!(checked.contains(said), "{fault}: {checked}");
    }
    std::fs::write(office.path("weights/protected.bin"), GOOD).unwrap();
    let file = office.write("posts.jsonl", "{\"id\":\"last\",\"text\":\"Kabar sore\"}\n");
    let counts = office.json(&["import", &file, "--json"]);
    assert_eq!(counts["analysis"]["judged"], json!(FAULTS.len() + 1), "{counts}");
    assert_eq!(counts["analysis"]["unscored"], json!(0), "{counts}");
}

#[test]
fn a_missing_encoder_is_named_with_the_command_that_fetches_it() {
    let office = with_analysis("precise = true");
    let file = office.write("posts.jsonl", "{\"id\":\"1\",\"text\":\"Kabar pagi\"}\n");
    let mut command = office.command(&["import", &file, "--json"]);
    let output = command.env("SARING_ENCODER", office.path("nowhere.bin")).output().unwrap();
    let told = office::text(&output);
    assert!(told.contains("saring model install") && told.contains("nowhere.bin"), "{told}");
    let counts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&counts["import"]["new"], &counts["analysis"]["unscored"]), (&json!(1), &json!(1)));
}
