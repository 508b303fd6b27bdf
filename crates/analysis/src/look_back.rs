//! Items that were judged before claims came to the list, looked at again for these claims alone.

use crate::analyser::{Analyser, Judged};
use crate::detect::Subject;
use crate::detect::duplicate::Print;
use crate::detect::known_claim::matches;
use crate::known::Known;
use crate::prioritise::prioritise;
use saring_domain::{Because, Claim, ClaimId, ClaimMatch, Item, Judgement, Reason, Relation};
use std::collections::HashSet;

/// Claims that came to the list after items were judged.
pub struct Newcomers {
    known: Known,
    ids: HashSet<ClaimId>,
}

impl Newcomers {
    /// Of a list that `analyser` knows as a whole.
    pub fn new(analyser: &Analyser, claims: &[Claim]) -> Self {
        let known = Known { claims: analyser.known().claims.like(claims), ..Known::default() };
        Self { known, ids: claims.iter().map(|claim| claim.id.clone()).collect() }
    }
}

impl Analyser {
    /// The judgement of an item with those of `newcomers` that it repeats, queue and priority anew; `None` where it repeats
    /// none or says so already. Unlike in [`Analyser::judge_one`] the check may be younger than the post: it came because
    /// posts like this one were about.
    pub fn look_back(&self, newcomers: &Newcomers, item: &Item, judgement: &Judgement) -> Option<Judged> {
        let subject = Subject::of(item);
        // among few titles nothing competes: this lets through too much, and never too little
        let near = matches(&newcomers.known, &subject.text, None, 1);
        if near.iter().all(|claim| claim.relation == Relation::None) {
            return None;
        }
        let said = |claim: &ClaimMatch| {
            judgement.claims.iter().any(|known| known.id == claim.id && known.relation == Relation::Same)
        };
        let mut found = matches(self.known(), &subject.text, None, self.top());
        found.retain(|claim| {
            claim.relation == Relation::Same && newcomers.ids.contains(&claim.id) && !said(claim)
        });
        if found.is_empty() {
            return None;
        }
        let mut judgement = judgement.clone();
        for claim in found {
            let because = format!("claim:{}", claim.id);
            judgement.claims.retain(|known| known.id != claim.id);
            judgement.spans.retain(|span| span.because != because);
            let span = |span: &saring_domain::Span| Because {
                start: span.start,
                end: span.end,
                because: because.clone(),
            };
            judgement.spans.extend(claim.spans.iter().map(span));
            let better = |known: &ClaimMatch| {
                known.relation == Relation::Same && known.score.get() >= claim.score.get()
            };
            let at = judgement.claims.iter().position(|known| !better(known));
            judgement.claims.insert(at.unwrap_or(judgement.claims.len()), claim);
        }
        judgement.claims.truncate(self.top());
        prioritise(&subject, self.known(), &mut judgement);
        judgement.priority.reasons.push(Reason::ClaimCameLater);
        Some(Judged { judgement, print: Print::of(&subject.plain) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyser::Settings;
    use crate::detect::tests::post;
    use crate::model::Models;
    use saring_domain::Queue;

    const OLD: &str = "Beras Plastik Beredar di Pasar Sukamulur";
    const NEW: &str = "Air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari";

    fn claims(titles: &[&str]) -> Vec<Claim> {
        let claim = |title: &&str| {
            serde_json::from_value(serde_json::json!({"id": title, "title": title, "verdict": "Salah",
                "date": "2026-11-24"}))
            .unwrap()
        };
        titles.iter().map(claim).collect()
    }

    fn analyser(claims: &[Claim]) -> Analyser {
        let models = Models::shipped();
        Analyser::new(&models, Known::new(&models, claims).unwrap(), &Settings::default()).unwrap()
    }

    #[test]
    fn an_item_that_repeats_a_newcomer_is_found_once_and_only_it() {
        let (before, after) = (analyser(&claims(&[OLD])), analyser(&claims(&[OLD, NEW])));
        let newcomers = Newcomers::new(&after, &claims(&[NEW]));
        let mut item = post("i", "minum rebusan daun kelorang bisa sembuhkan demam burung hanya 3 hari lho");
        // posted days before the check was published, and judged without it
        item.posted_at = Some("2026-11-20T08:00:00+07:00".parse().unwrap());
        let first = before.judge_one(&item).judgement;
        assert_eq!(first.queue, Queue::None);
        let again = after.look_back(&newcomers, &item, &first).unwrap().judgement;
        assert_eq!(again.queue, Queue::Hoax);
        assert_eq!(again.same_claim().map(|claim| claim.id.as_str()), Some(NEW));
        assert!(again.priority.reasons.contains(&Reason::ClaimCameLater), "{:?}", again.priority);
        assert!(again.spans.iter().any(|span| span.because == format!("claim:{NEW}")));
        assert_eq!(after.look_back(&newcomers, &item, &again), None, "once is enough");
        // what repeats another claim, denies this one or speaks of something else stays as it was
        for text in [
            "Hati-hati, beras plastik beredar di pasar Sukamulur!",
            "HOAKS: air rebusan daun kelorang menyembuhkan demam burung dalam 3 hari",
            "Harga daun kelorang di pasar naik lagi, pedagang mengeluh",
            "",
        ] {
            let item = post("j", text);
            let first = before.judge_one(&item).judgement;
            assert_eq!(after.look_back(&newcomers, &item, &first), None, "{text}");
        }
    }
}
