//! A desk over a real SQLite store with invented cases, and a browser that keeps its cookies.
#![allow(dead_code, reason = "each test file uses what it needs")]
#![allow(clippy::unwrap_used, reason = "a test bed that cannot be made fails the test")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use saring_desk::{DeskConfig, DeskState, hash_password, one_time_link, router};
use saring_domain::{
    Act, Because, Capture, CaptureId, Claim, ClaimMatch, GroupAttack, Item, ItemId, ItemKind, Judgement,
    Lane, Language, Office, Outcome, Person, PlaceClue, PlaceMatch, Priority, Protected, Queue, Rating,
    Reason, Relation, Reviewer, Role, RoundStart, Scam, ScamGroup, Score, Shift, SourceDef, SourceKind, Span,
    Timetable, Trouble, TroubleCode,
};
use saring_store::traits::{Analyses, Captures, Cases, Claims, Jobs, People, Rounds};
use saring_store::views::{Credentials, Judged, QueueFilter};
use saring_store::{Options, Store};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

pub const PASSWORD: &str = "sandi-uji-meja-1";

/// Half past two in the afternoon of 24 November 2026 in Jakarta.
pub fn now() -> Timestamp {
    "2026-11-24T07:30:00Z".parse().unwrap()
}

pub struct Bed {
    pub store: Store,
    pub router: Router,
    _folder: tempfile::TempDir,
}

pub fn office(id: &str, name: &str) -> Office {
    Office {
        id: id.into(),
        parent: None,
        name: name.into(),
        covers: vec!["35.99".into()],
        institution_names: vec!["Polres Sukamaju".into()],
        zone: "Asia/Jakarta".into(),
        letterhead: vec!["KEPOLISIAN RESOR SUKAMAJU".into(), "SEKSI HUBUNGAN MASYARAKAT".into()],
        signatory: vec!["Sri Wahyuni, S.I.K.".into(), "AKP, Kepala Seksi Humas".into()],
    }
}

impl Bed {
    /// Two offices, a person of every role at the first, an operator at the second, cases at the first.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut DeskConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("saring.db").display());
        let options =
            Options { origin: "sukamaju.example/log".into(), signing_key: Some([7; 32]), connections: 2 };
        let store = Store::open(&url, options).await.unwrap();
        let offices = vec![office("sukamaju", "Polres Sukamaju"), office("lain", "Polres Lain")];
        store.set_offices(&offices).await.unwrap();
        people(&store).await;
        content(&store).await;
        let mut config = DeskConfig::new(offices);
        config.clock = Arc::new(now);
        config.timetable = timetable();
        change(&mut config);
        let router = router(DeskState::new(Arc::new(store.clone()), config));
        Self { store, router, _folder: folder }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
            headers: HeaderMap::new(),
        }
    }

    /// A browser in which this person is signed in.
    pub async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let person = self.store.credentials(login).await.unwrap().unwrap().person;
        let link = one_time_link(&self.store, &person.id, SignedDuration::from_mins(5), now()).await.unwrap();
        browser.get(&link).await;
        let (status, _) = browser.post(&link, &[]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{login} could not sign in");
        browser.get("/").await;
        browser
    }

    /// Ids of the waiting cases of a queue.
    pub async fn cases(&self, queue: Queue) -> Vec<String> {
        let filter = QueueFilter { queue: Some(queue), limit: 100, ..QueueFilter::default() };
        let (rows, _) = self.store.queue(&"sukamaju".into(), &filter).await.unwrap();
        rows.into_iter().map(|row| row.case.id.0).collect()
    }

    /// The case whose text has the word.
    pub async fn case_with(&self, word: &str) -> String {
        let filter = QueueFilter { limit: 100, ..QueueFilter::default() };
        let (rows, _) = self.store.queue(&"sukamaju".into(), &filter).await.unwrap();
        rows.into_iter().find(|row| row.item.text.contains(word)).unwrap().case.id.0
    }
}

async fn people(store: &Store) {
    let hash = hash_password(PASSWORD).unwrap();
    for (login, name, role, office) in [
        ("dewi", "Dewi Larasati", Role::Operator, "sukamaju"),
        ("bagus", "Bagus Prakoso", Role::Operator, "sukamaju"),
        ("sri", "Sri Wahyuni", Role::Head, "sukamaju"),
        ("audit", "Ombudsman Uji", Role::Auditor, "sukamaju"),
        ("pengelola", "Pengelola Uji", Role::Admin, "sukamaju"),
        ("asing", "Operator Lain", Role::Operator, "lain"),
    ] {
        let person = Person {
            id: format!("p-{login}").into(),
            login: login.into(),
            name: name.into(),
            role,
            office: office.into(),
            locale: "id".into(),
        };
        let credentials =
            Credentials { person, password: hash.clone(), totp: None, totp_step: None, disabled: false };
        store.put_person(&credentials, now()).await.unwrap();
    }
}

struct Sample {
    text: &'static str,
    queue: Queue,
    score: f64,
    hours: i64,
    language: &'static str,
    edit: fn(&str, &mut Judgement),
}

fn span(text: &str, part: &str) -> Span {
    let at = text.find(part).unwrap_or_else(|| panic!("'{part}' is not in the text"));
    let start = u32::try_from(text[..at].chars().count()).unwrap();
    Span { start, end: start + u32::try_from(part.chars().count()).unwrap() }
}

fn because(text: &str, part: &str, because: &str) -> Because {
    let Span { start, end } = span(text, part);
    Because { start, end, because: because.into() }
}

const SAMPLES: &[Sample] = &[
    Sample {
        text: "🚨 SEBARKAN!! Air PDAM di Kec. Karangan sudah diracun, jangan minum air ledeng sampai hari Jumat. \
               Saudara saya di PDAM yang bilang, hubungi 0812-3456-7890 kalau tidak percaya. Info dari @warga_karangan01",
        queue: Queue::Hoax,
        score: 0.94,
        hours: 2,
        language: "id",
        edit: |text, j| {
            j.claims = vec![
                claim_match("k-air", "PDAM meracuni air ledeng warga Madiun", Relation::Same, 0.93),
                claim_match("k-sumur", "Sumur warga diracun orang tak dikenal", Relation::Related, 0.41),
            ];
            j.spans = vec![
                because(text, "Air PDAM di Kec. Karangan sudah diracun", "claim:k-air"),
                because(text, "Kec. Karangan", "place:35.99.02"),
                because(text, "air ledeng", "claim:k-air"),
            ];
            j.places = vec![place("35.99.02", "Kecamatan Karangan", span(text, "Karangan"))];
            j.priority.reasons = vec![
                Reason::RepeatsClaim { rating: "false".into(), score: 0.93 },
                Reason::NamesPlace { name: "Kecamatan Karangan".into() },
                Reason::HighHarm { topic: "health".into() },
            ];
        },
    },
    Sample {
        text: "Orang-orang suku Lembah itu hama, usir saja semuanya dari kampung kita sebelum terlambat",
        queue: Queue::Hate,
        score: 0.88,
        hours: 5,
        language: "id",
        edit: |text, j| {
            j.group_attack = GroupAttack {
                score: Score::new(0.86),
                target: Some("ethnicity:lembah".into()),
                act: Some(Act::Exclusion),
                spans: vec![span(text, "usir saja semuanya")],
            };
            j.labels = vec!["GroupAttack".into()];
            j.spans = vec![
                because(text, "itu hama", "group_attack"),
                because(text, "usir saja semuanya", "group_attack"),
            ];
            j.priority.reasons = vec![Reason::GroupAttack { act: "exclusion".into(), score: 0.86 }];
        },
    },
    Sample {
        text: "Polisi Sukamaju kerjanya cuma pencitraan, dasar pemalas semua. Katanya orang gunung dilarang demo?",
        queue: Queue::Hate,
        score: 0.52,
        hours: 7,
        language: "id",
        edit: |_, j| {
            j.protected = Protected { lane: Some(Lane::Criticism), score: Score::new(0.9) };
            j.priority.reasons = vec![Reason::ProtectedSpeech { lane: "criticism".into() }];
        },
    },
    Sample {
        text: "Min, lampu jalan di depan Pasar Wage mati sudah seminggu. Lapor ke mana ya? Takut ada yang jatuh.",
        queue: Queue::Service,
        score: 0.4,
        hours: 20,
        language: "id",
        edit: |_, j| {
            j.protected = Protected { lane: Some(Lane::Complaint), score: Score::new(0.8) };
            j.priority.reasons = vec![Reason::AsksForHelp { lane: "complaint".into() }];
        },
    },
    Sample {
        text: "Kabare saiki gaji sing durung divaksin bakal dipotong separo, bener ora to lur?",
        queue: Queue::Hoax,
        score: 0.61,
        hours: 9,
        language: "jv",
        edit: |text, j| {
            j.claims = vec![claim_match(
                "k-gaji",
                "Gaji pegawai dipotong bila tidak divaksin",
                Relation::Related,
                0.58,
            )];
            j.spans = vec![because(text, "gaji sing durung divaksin", "claim:k-gaji")];
            j.priority.reasons = vec![Reason::RelatedClaim { score: 0.58 }];
        },
    },
    Sample {
        text: "Polres Sukamaju gelar donor darah, 120 kantong terkumpul dalam sehari",
        queue: Queue::Clipping,
        score: 0.2,
        hours: 3,
        language: "id",
        edit: |text, j| {
            j.own_institution = true;
            j.spans = vec![because(text, "Polres Sukamaju", "own_institution")];
            j.priority.reasons = vec![Reason::OwnInstitution];
        },
    },
    Sample {
        text: "Pagi yang cerah di alun-alun, kopi dulu biar semangat",
        queue: Queue::None,
        score: 0.01,
        hours: 1,
        language: "id",
        edit: |_, _| {},
    },
];

/// A claim that an item repeats.
pub fn same_claim(id: &str, title: &str) -> ClaimMatch {
    claim_match(id, title, Relation::Same, 0.9)
}

fn claim_match(id: &str, title: &str, relation: Relation, score: f64) -> ClaimMatch {
    ClaimMatch {
        id: id.into(),
        title: title.into(),
        rating: Rating::False,
        score: Score::new(score),
        relation,
        agrees: vec!["both: racun, air ledeng, PDAM".into()],
        differs: vec!["place differs: karangan / madiun".into(), "only in the claim: warga".into()],
        spans: Vec::new(),
        also: vec!["k-sumur".into()],
        scam: Some(ScamGroup { kind: Scam::Aid, others: 12 }),
    }
}

fn place(code: &str, name: &str, span: Span) -> PlaceMatch {
    PlaceMatch {
        code: code.into(),
        name: name.into(),
        score: Score::new(0.9),
        spans: vec![span],
        clues: vec![PlaceClue::HeadWord, PlaceClue::ParentNamed, PlaceClue::OfficeArea],
    }
}

fn claims() -> Vec<Claim> {
    [
        ("k-air", "PDAM meracuni air ledeng warga Madiun", "PDAM tidak meracuni air. Uji laboratorium menunjukkan air memenuhi baku mutu; pesan itu beredar sejak 2019 dengan nama kota yang berganti-ganti."),
        ("k-sumur", "Sumur warga diracun orang tak dikenal", "Tidak ada laporan keracunan; foto berasal dari latihan penanggulangan bencana."),
        ("k-gaji", "Gaji pegawai dipotong bila tidak divaksin", "Tidak ada aturan pemotongan gaji. Surat yang beredar palsu."),
    ]
    .map(|(id, title, text)| Claim {
        id: id.into(),
        title: title.into(),
        text: text.into(),
        url: Some(format!("https://cekfakta.example/{id}")),
        date: Some(jiff::civil::date(2026, 3, 14)),
        verdict: Some("SALAH".into()),
        source: Some("Cek Fakta Contoh".into()),
    })
    .into()
}

fn entry(text: &str, native: &str, seen: Timestamp) -> (Capture, Item) {
    let source = if native.ends_with('1') { "grup-warga" } else { "warta-sukamaju" };
    let raw = text.as_bytes().to_vec();
    let sha256: [u8; 32] = Sha256::digest(&raw).into();
    let capture = CaptureId::derive(&source.into(), native, &sha256);
    let item = Item {
        id: ItemId::derive(&source.into(), native),
        capture: capture.clone(),
        source: source.into(),
        kind: ItemKind::Post,
        account: None,
        title: None,
        text: text.to_owned(),
        url: Some(format!("https://contoh.example/kiriman/{native}")),
        outlet: Some(if source == "grup-warga" { "Grup Warga (ekspor)" } else { "Warta Sukamaju" }.into()),
        posted_at: Some(seen),
        seen_at: seen,
    };
    let media_type = "text/plain".into();
    let capture = Capture {
        id: capture,
        source: source.into(),
        native_id: native.into(),
        seen_at: seen,
        media_type,
        raw,
        sha256,
    };
    (capture, item)
}

fn judgement(item: &Item, sample: &Sample) -> Judgement {
    let mut out = Judgement {
        language: Language { code: sample.language.into(), score: Score::new(0.95) },
        queue: sample.queue,
        priority: Priority { score: Score::new(sample.score), reasons: Vec::new() },
        detectors: vec!["known_claim@1".into(), "group_attack@1".into()],
        ..Judgement::blank(item.id.as_str())
    };
    (sample.edit)(&item.full_text(), &mut out);
    out
}

async fn content(store: &Store) {
    store.import_claims(&claims(), now()).await.unwrap();
    let sources = [
        SourceDef::new("warta-sukamaju", "Warta Sukamaju", SourceKind::WordPress, "https://warta.example"),
        SourceDef::new("grup-warga", "Grup Warga", SourceKind::File, "data/grup-warga.jsonl"),
        SourceDef::new("kabar-timur", "Kabar Timur", SourceKind::Feed, "https://timur.example/umpan.xml"),
        SourceDef::new("suara-lereng", "Suara Lereng", SourceKind::Feed, "https://lereng.example/rss"),
    ];
    store.set_sources(&sources).await.unwrap();
    for (index, sample) in SAMPLES.iter().enumerate() {
        let seen = now() - SignedDuration::from_hours(sample.hours);
        keep(store, sample, &[(index * 10 + 2, seen)], seen).await;
        if index == 0 {
            for (number, minutes) in [(101, 100), (111, 60), (112, 20)] {
                let later = now() - SignedDuration::from_mins(minutes);
                keep(store, sample, &[(number, later)], later).await;
            }
        }
    }
    morning(store).await;
    outcomes(store).await;
}

async fn keep(store: &Store, sample: &Sample, entries: &[(usize, Timestamp)], at: Timestamp) {
    for (number, seen) in entries {
        let (capture, item) = entry(sample.text, &format!("kiriman-{number}"), *seen);
        let judged = judgement(&item, sample);
        let origin = item.source.clone();
        store.save(&origin, &[(capture, item.clone())], None, at).await.unwrap();
        let done: Vec<i64> =
            store.lease("analyse", 100, 60, at).await.unwrap().iter().map(|job| job.id).collect();
        let judged = Judged {
            item: item.id,
            exact: *number as u64,
            near: vec![1],
            judgement: Some(judged),
            unscored: None,
            watched: Vec::new(),
        };
        store.save_judgements(&[judged], &done, at).await.unwrap();
        let jobs = store.lease("assemble", 100, 60, at).await.unwrap();
        store.assemble(&jobs, &"sukamaju".into(), at).await.unwrap();
    }
}

fn timetable() -> Timetable {
    let shift = |name: &str, from: i8, to: i8, every_minutes| Shift {
        name: name.into(),
        from: jiff::civil::time(from, 0, 0, 0),
        to: jiff::civil::time(to, 0, 0, 0),
        every_minutes,
    };
    Timetable { shifts: vec![shift("pagi", 6, 14, 120), shift("siang", 14, 22, 60)], extra: Vec::new() }
}

/// Rounds of the morning: one missed, one interrupted; Dewi has handed over to Bagus.
async fn morning(store: &Store) {
    let ago = |minutes| now() - SignedDuration::from_mins(minutes);
    let planned = timetable().between(ago(9 * 60), ago(60), &office("x", "x").time_zone());
    let reviewer = |person| Reviewer::at_sign_in(&person).unwrap();
    let dewi = store.credentials("dewi").await.unwrap().unwrap().person;
    let bagus = store.credentials("bagus").await.unwrap().unwrap().person;
    store.take_duty(&reviewer(dewi.clone()), ago(8 * 60 + 20)).await.unwrap();
    store.miss_rounds(&"sukamaju".into(), &planned[1..2], ago(4 * 60)).await.unwrap();
    for (at, planned) in planned.iter().enumerate().filter(|(at, _)| *at != 1) {
        let start = RoundStart::planned(planned, RoundStart::by_hand("sukamaju".into(), 4));
        let round = store.begin_round(&start, planned.at).await.unwrap();
        if at != 2 {
            store.end_round(&round, planned.at + SignedDuration::from_mins(3)).await.unwrap();
        }
    }
    let note = "Kabar Timur tidak menjawab sejak pukul 11, sudah ditanyakan. Isu sumur beracun mulai ramai di Karangjati.";
    store.hand_over(&reviewer(dewi), note, ago(35)).await.unwrap();
    store.take_duty(&reviewer(bagus), ago(34)).await.unwrap();
}

async fn outcomes(store: &Store) {
    let start = now() - SignedDuration::from_mins(30);
    let round = RoundStart { on_duty: Some("Regu pagi".into()), ..RoundStart::by_hand("sukamaju".into(), 4) };
    let round = store.begin_round(&round, start).await.unwrap();
    let trouble = Trouble {
        code: TroubleCode::Down,
        about: "https://kabar-timur.example/feed".into(),
        detail: "503".into(),
        message: "https://kabar-timur.example/feed answers with 503".into(),
    };
    let failed = Outcome::Failed { trouble, permanent: false };
    let newest = Some(now() - SignedDuration::from_hours(75));
    for (source, outcome) in [
        ("warta-sukamaju", Outcome::Read { new: 6, repeated: 12, bad: 0 }),
        ("grup-warga", Outcome::NothingNew { repeated: 4, bad: 0 }),
        ("kabar-timur", failed),
        ("suara-lereng", Outcome::Silent { newest, usual_minutes: 180 }),
    ] {
        let next = Some(now() + SignedDuration::from_mins(25));
        store.record_outcome(&round, &source.into(), &outcome, &[], next, start).await.unwrap();
    }
    store.end_round(&round, now() - SignedDuration::from_mins(26)).await.unwrap();
}

/// A browser: keeps cookies, and the token of the last form it saw.
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub csrf: String,
    pub headers: HeaderMap,
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> (StatusCode, String) {
        self.send("GET", path, Body::empty()).await
    }

    /// Posts the fields with the token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let csrf = self.csrf.clone();
        let all: Vec<(&str, &str)> =
            [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post_bare(path, &all).await
    }

    /// Posts these fields and nothing else.
    pub async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let body =
            fields.iter().map(|(key, value)| format!("{key}={}", coded(value))).collect::<Vec<_>>().join("&");
        self.send("POST", path, Body::from(body)).await
    }

    async fn send(&mut self, method: &str, path: &str, body: Body) -> (StatusCode, String) {
        let cookies = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "meja.example")
            .header("cookie", cookies);
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        for set in response.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.into(), value.into())
            };
        }
        self.headers = response.headers().clone();
        if self.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream") {
            return (status, String::new());
        }
        let body = to_bytes(response.into_body(), 8 << 20).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        if let Some(rest) = body.split("name=\"csrf\" value=\"").nth(1) {
            self.csrf = rest.split('"').next().unwrap().into();
        }
        (status, body)
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }
}

fn coded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
