//! Known claims: does a post repeat what was already checked?

use super::{Card, Detector, Subject};
use crate::analyser::Settings;
use crate::claims::{Best, ClaimIndex, Comparison, Finder, Hit, Ranked, Word, words};
use crate::known::Known;
use crate::model::{ModelError, Models};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use saring_domain::{Because, ClaimMatch, Judgement, Relation, Score};

/// Titles ranked beyond those listed, so that the margin to a title of another story is found behind equal ones.
const BEHIND: usize = 11;
/// Other records of a story that are named.
const ALSO: usize = 20;

/// Writes [`Judgement::claims`] and the spans `claim:ID`.
struct KnownClaim {
    top: usize,
    later_claims: bool,
}

/// Makes the detector; its weights are in [`Known::claims`].
///
/// # Errors
/// None: the weights were checked when the claims were read.
pub fn build(_models: &Models, settings: &Settings) -> Result<Box<dyn Detector>, ModelError> {
    Ok(Box::new(KnownClaim { top: settings.top, later_claims: settings.later_claims }))
}

impl Detector for KnownClaim {
    fn card(&self) -> Card {
        Card { name: "known_claim", version: "14" }
    }

    fn examples(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("Sebarkan! Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari", true),
            ("minum rebusan daun kelorang bisa sembuhkan demam burung hanya 3 hari lho", true),
            ("HOAKS: air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari", false),
            (
                "Kabar air rebusan daun kelorang menyembuhkan demam burung 3 hari itu tidak benar, kata dinas.",
                false,
            ),
            ("Air rebusan daun kelorang tidak menyembuhkan demam burung dalam 3 hari", false),
            ("Air rebusan daun kelorang bagi penderita demam burung: tiga hari kemudian mereka tewas", false),
            ("Harga daun kelorang di pasar naik lagi, pedagang mengeluh", false),
            ("", false),
        ]
    }

    fn detect(&self, subject: &Subject<'_>, known: &Known, judgement: &mut Judgement) {
        tell(judgement, matches(known, &subject.text, self.day(subject), self.top));
    }

    fn detect_all(&self, all: &mut [(Subject<'_>, Judgement)], known: &Known) {
        let finder = Finder::new(&known.claims, known.precise.as_ref());
        let words: Vec<Vec<Word>> = all.iter().map(|(subject, _)| words(&subject.text)).collect();
        let posts = || {
            all.iter().zip(&words).map(|((subject, _), words)| Post {
                finder,
                text: &subject.text,
                words,
                day: self.day(subject),
            })
        };
        // step by step, so that what a step reads of the index is at hand from post to post
        let found: Vec<Vec<Ranked>> = posts().map(|post| post.search(self.top)).collect();
        let best: Vec<Best> = posts().zip(found).map(|(post, found)| post.best(found, self.top)).collect();
        let claims: Vec<Vec<ClaimMatch>> =
            posts().zip(best).map(|(post, best)| post.claims(&best, self.top)).collect();
        all.iter_mut().zip(claims).for_each(|((_, judgement), claims)| tell(judgement, claims));
    }
}

impl KnownClaim {
    /// The day after which claims are left out.
    fn day(&self, subject: &Subject<'_>) -> Option<Date> {
        subject.item.posted_at.filter(|_| !self.later_claims).map(day_of)
    }
}

/// Puts claims into a judgement, with the words that speak of them.
fn tell(judgement: &mut Judgement, claims: Vec<ClaimMatch>) {
    for claim in claims.iter().filter(|claim| claim.relation != Relation::None) {
        let because = format!("claim:{}", claim.id);
        judgement.spans.extend(claim.spans.iter().map(|span| Because {
            start: span.start,
            end: span.end,
            because: because.clone(),
        }));
    }
    judgement.claims = claims;
}

/// The day of a post beside which claims are younger or not: claims carry the checker's local day, and the latest of Indonesia's
/// time zones drops none too early.
pub fn day_of(posted_at: Timestamp) -> Date {
    Offset::constant(9).to_datetime(posted_at).date()
}

/// The best `top` claims for a text, best first; claims published after `day` are left out, where one is given.
pub fn matches(known: &Known, text: &str, day: Option<Date>, top: usize) -> Vec<ClaimMatch> {
    listed(Finder::new(&known.claims, known.precise.as_ref()), text, day, top)
}

/// The same of a finder.
pub fn listed(finder: Finder<'_>, text: &str, day: Option<Date>, top: usize) -> Vec<ClaimMatch> {
    let post = Post { finder, text, words: &words(text), day };
    post.claims(&post.best(post.search(top), top), top)
}

struct Post<'a> {
    finder: Finder<'a>,
    text: &'a str,
    words: &'a [Word],
    day: Option<Date>,
}

/// Of what may be so what is believed most comes first; what is only listed keeps the order of the titles, and no score is above the
/// one before.
fn put_in_order(claims: &mut [ClaimMatch]) {
    let believed = |claim: &ClaimMatch| match claim.relation {
        Relation::None => 0.0,
        Relation::Related | Relation::Same => claim.score.get(),
    };
    claims.sort_by(|a, b| believed(b).total_cmp(&believed(a)));
    let mut least = Score::new(1.0);
    for claim in claims {
        least = if claim.score.get() < least.get() { claim.score } else { least };
        claim.score = least;
    }
}

#[derive(Clone)]
struct Verdict {
    score: f32,
    relation: Relation,
    comparison: Comparison,
    /// All claims of its story, as positions in the list.
    story: Vec<u32>,
}

impl Post<'_> {
    /// Titles that it may speak of, enough to list `top` claims.
    fn search(&self, top: usize) -> Vec<Ranked> {
        self.finder.search(self.text, self.words, self.day, top + BEHIND)
    }

    /// These in their final order.
    fn best(&self, found: Vec<Ranked>, top: usize) -> Best {
        self.finder.best(self.words, found, top)
    }

    /// The best `top` claims, best first.
    fn claims(&self, best: &Best, top: usize) -> Vec<ClaimMatch> {
        let index = self.finder.index;
        let scores = self.finder.accept(best, top);
        let mut judged: Option<(usize, Verdict)> = None;
        let mut found: Vec<ClaimMatch> = index
            .hits(&best.ranked, self.day, top)
            .into_iter()
            .map(|hit| {
                // claims with the same title are judged once
                let verdict = match judged.take() {
                    Some((rank, verdict)) if rank == hit.rank => verdict,
                    _ => {
                        let score = scores.get(hit.rank).copied().unwrap_or(0.0);
                        self.judge(score, best, hit.rank)
                    }
                };
                judged = Some((hit.rank, verdict.clone()));
                verdict.of(index, &hit)
            })
            .collect();
        put_in_order(&mut found);
        found
    }

    /// The relation by score, and for what is related the words; what opposes a claim does not repeat it.
    fn judge(&self, score: f32, best: &Best, rank: usize) -> Verdict {
        let learnt = self.finder.learnt(best.english);
        let mut relation = match score {
            s if learnt.same > 0.0 && s >= learnt.same => Relation::Same,
            s if learnt.related > 0.0 && s >= learnt.related => Relation::Related,
            _ => Relation::None,
        };
        if relation == Relation::None {
            return Verdict { score, relation, comparison: Comparison::default(), story: Vec::new() };
        }
        let comparison = self.finder.index.compare(self.text, self.words, &best.ranked[rank]);
        let mut score = score;
        if comparison.opposes && relation == Relation::Same {
            relation = Relation::Related;
            score = learnt.opposed(score);
        }
        Verdict { score, relation, comparison, story: self.story(&best.ranked, rank) }
    }
}

impl Verdict {
    fn of(self, index: &ClaimIndex, hit: &Hit) -> ClaimMatch {
        let others = self.story.iter().filter(|claim| **claim != hit.claim).take(ALSO);
        let claim = &index.claims()[hit.claim as usize];
        // what is only listed is not shown
        let scam = (self.relation != Relation::None).then(|| index.scam(claim)).flatten();
        ClaimMatch {
            scam,
            id: claim.id.clone(),
            title: claim.title.clone(),
            rating: claim.rating(),
            score: Score::new(f64::from(self.score)),
            relation: self.relation,
            agrees: self.comparison.agrees,
            differs: self.comparison.differs,
            spans: self.comparison.spans,
            also: others.map(|claim| index.claims()[*claim as usize].id.clone()).collect(),
        }
    }
}

impl Post<'_> {
    /// The claims of a title and of all found titles that tell the same story: a scam that recurs is checked again and again.
    fn story(&self, ranked: &[Ranked], rank: usize) -> Vec<u32> {
        let index = self.finder.index;
        let own = ranked[rank].group;
        let mut titles = vec![ranked[rank]];
        titles.extend(ranked.iter().filter(|r| r.group != own && index.same_story(own, r.group)));
        index.hits(&titles, self.day, ALSO + 1).into_iter().map(|hit| hit.claim).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saring_domain::{Claim, Item, Scam};

    const CLAIM: &str = "Air Rebusan Daun Kelorang Menyembuhkan Demam Burung dalam 3 Hari";

    const DETECTOR: KnownClaim = KnownClaim { top: 5, later_claims: false };

    fn known(date: Option<&str>) -> Known {
        let titles = [
            CLAIM,
            "Jembatan Sungai Wirasana Ambruk Akibat Gempa 2 Mei",
            "Bupati Karangsuma Membagikan Uang Rp 500 Ribu Lewat Tautan WhatsApp",
            "Beras Plastik Beredar di Pasar Sukamulur",
        ];
        let claim = |(at, title): (usize, &&str)| -> Claim {
            serde_json::from_value(
                serde_json::json!({"id": format!("c{at}"), "title": title, "verdict": "Hoax", "date": date}),
            )
            .unwrap()
        };
        let claims: Vec<Claim> = titles.iter().enumerate().map(claim).collect();
        Known::new(&Models::shipped(), &claims).unwrap()
    }

    fn judged(text: &str, known: &Known) -> Judgement {
        let item: Item = serde_json::from_value(serde_json::json!({
            "id": "i", "capture": "c", "source": "s", "kind": "post", "account": null, "title": null, "text": text,
            "url": null, "outlet": null, "posted_at": "2024-05-02T10:00:00Z", "seen_at": "2024-05-02T10:00:00Z",
        }))
        .unwrap();
        let mut judgement = Judgement::blank(item.id.as_str());
        DETECTOR.detect(&Subject::of(&item), known, &mut judgement);
        judgement
    }

    #[test]
    fn its_examples_hold() {
        let known = known(None);
        for (text, found) in DETECTOR.examples() {
            let judgement = judged(text, &known);
            assert_eq!(judgement.same_claim().is_some(), found, "{text}: {:?}", judgement.claims);
        }
    }

    #[test]
    fn an_accepted_claim_is_rated_explained_and_underlined() {
        let judgement =
            judged("🙂 minum air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari", &known(None));
        let best = &judgement.claims[0];
        assert_eq!((best.id.as_str(), best.rating.code(), best.relation), ("c0", "false", Relation::Same));
        assert!(best.agrees.iter().any(|remark| remark == "same number: 3"), "{:?}", best.agrees);
        assert!(
            judgement.spans.iter().all(|span| span.because == "claim:c0" && span.start >= 2),
            "{judgement:?}"
        );
        assert!(!judgement.spans.is_empty());
    }

    #[test]
    fn what_may_be_so_comes_first_and_scores_fall() {
        let listed = matches(&known(None), CLAIM, None, 5);
        let of = |id: &str, score: f64, relation: Relation| ClaimMatch {
            id: id.into(),
            score: Score::new(score),
            relation,
            ..listed[0].clone()
        };
        let mut claims = [
            of("first", 0.1, Relation::None),
            of("second", 0.3, Relation::None),
            of("related", 0.4, Relation::Related),
            of("same", 0.95, Relation::Same),
        ];
        put_in_order(&mut claims);
        let seen = claims.each_ref().map(|claim| (claim.id.as_str(), claim.score));
        let wanted = [("same", 0.95), ("related", 0.4), ("first", 0.1), ("second", 0.1)];
        assert_eq!(seen, wanted.map(|(id, score)| (id, Score::new(score))));
    }

    #[test]
    fn records_of_one_story_name_each_other() {
        let claim = |id: &str, title: &str, date: &str| -> Claim {
            serde_json::from_value(serde_json::json!({"id": id, "title": title, "date": date})).unwrap()
        };
        let claims = [
            claim("a", CLAIM, "2024-05-01"),
            claim("b", "Rebusan Daun Kelorang Menyembuhkan Demam Burung dalam Tiga Hari", "2024-05-01"),
            claim("c", &CLAIM.to_uppercase(), "2024-05-01"),
            claim("newer", CLAIM, "2024-05-03"),
            claim("other", "Beras Plastik Beredar di Pasar Sukamulur", "2024-05-01"),
        ];
        let known = Known::new(&Models::shipped(), &claims).unwrap();
        let judgement = judged("air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari", &known);
        let also = |id: &str| -> Vec<&str> {
            let found = judgement.claims.iter().find(|claim| claim.id.as_str() == id);
            found.unwrap().also.iter().map(saring_domain::ClaimId::as_str).collect()
        };
        assert_eq!(judgement.claims[0].relation, Relation::Same);
        assert_eq!((also("a"), also("c")), (vec!["c", "b"], vec!["a", "b"]));
    }

    #[test]
    fn a_recurring_scam_counts_the_others() {
        let claim = |at: usize, title: &str| -> Claim {
            let claim = serde_json::json!({"id": format!("s{at}"), "title": title, "verdict": "Salah"});
            serde_json::from_value(claim).unwrap()
        };
        let claims = [
            claim(0, "Lowongan Kerja PT Kelorang Jaya Sukamulur dari Akun TikTok"),
            claim(1, "Rekrutmen Pegawai Wirasana Energi"),
            claim(2, "Info Loker Bank Karangsuma Lewat WhatsApp"),
            claim(3, CLAIM),
        ];
        let known = Known::new(&Models::shipped(), &claims).unwrap();
        let judgement = judged("lowongan kerja PT Kelorang Jaya Sukamulur dari akun tiktok", &known);
        let scam = judgement.claims[0].scam.unwrap();
        assert_eq!((judgement.claims[0].id.as_str(), scam.kind, scam.others), ("s0", Scam::Job, 2));
        let judgement = judged("air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari", &known);
        assert_eq!(judgement.claims[0].scam, None);
    }

    #[test]
    fn a_post_that_quotes_many_titles_repeats_each() {
        let titles: Vec<String> =
            ["Jembatan", "Sekolah", "Puskesmas", "Pasar", "Terminal", "Bendungan", "Masjid", "Gereja"]
                .iter()
                .flat_map(|what| ["Wirasana", "Karangsuma", "Sukamulur"].map(|place| (what, place)))
                .map(|(what, place)| {
                    format!("{what} {place} Ambruk Akibat Gempa Warga Mengungsi ke Lapangan")
                })
                .collect();
        let claims: Vec<Claim> = (0..)
            .zip(&titles)
            .map(|(at, title)| {
                serde_json::from_value(serde_json::json!({"id": format!("t{at}"), "title": title})).unwrap()
            })
            .collect();
        let known = Known::new(&Models::shipped(), &claims).unwrap();
        let judgement = judged(&titles.join(". "), &known);
        assert_eq!(judgement.claims.len(), 5);
        assert!(
            judgement.claims.iter().all(|claim| claim.relation == Relation::Same),
            "{:?}",
            judgement.claims
        );
    }

    #[test]
    fn claims_newer_than_the_post_are_left_out() {
        for (date, listed) in [("2024-05-01", true), ("2024-05-02", true), ("2024-05-03", false)] {
            let judgement = judged("rebusan daun kelorang menyembuhkan demam burung", &known(Some(date)));
            assert_eq!(!judgement.claims.is_empty(), listed, "{date}");
        }
    }

    #[test]
    fn claims_newer_than_the_post_are_matched_by_who_asks_for_them() {
        let item = crate::detect::tests::post("i", "rebusan daun kelorang menyembuhkan demam burung");
        let item = Item { posted_at: Some("2024-05-02T10:00:00Z".parse().unwrap()), ..item };
        let mut judgement = Judgement::blank("i");
        let known = known(Some("2024-05-03"));
        KnownClaim { later_claims: true, ..DETECTOR }.detect(&Subject::of(&item), &known, &mut judgement);
        assert_eq!(judgement.same_claim().map(|claim| claim.id.as_str()), Some("c0"));
    }
}
