//! Scams that recur: the same bait under ever new names of banks, companies and officials.

use crate::claim::{Claim, Rating};
use serde::{Deserialize, Serialize};

/// What a recurring scam promises. Checks of one kind form a group: who knows one knows them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scam {
    /// A vacancy.
    Job,
    /// A prize, a lottery, money given away.
    Prize,
    /// Aid, a subsidy, free credit for a telephone.
    Aid,
    /// A loan.
    Loan,
    /// An auction or a bargain.
    Sale,
}

/// Ways to the victim: a title that names one speaks of an offer, not of news about it.
const WAYS: &str = "tautan link situs akun whatsapp wa facebook telegram tiktok instagram sms email daftar pendaftaran formulir \
                    apk online poster nomor telepon";

impl Scam {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Job, Self::Prize, Self::Aid, Self::Loan, Self::Sale];

    /// The code used in findings and in the screens' texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Prize => "prize",
            Self::Aid => "aid",
            Self::Loan => "loan",
            Self::Sale => "sale",
        }
    }

    /// The kind that the title of a check names, by its words; linear in the title.
    pub fn of_title(title: &str) -> Option<Self> {
        let title = title.to_lowercase();
        let words: Vec<&str> =
            title.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
        let any = |list: &str| list.split(' ').any(|word| words.contains(&word));
        let pair = |a: &str, b: &str| words.windows(2).any(|two| two == [a, b]);
        // most titles name no bait
        let bait = |word: &&str| BAITS.contains(word);
        if !words.iter().any(bait) {
            return None;
        }
        let way = any(WAYS);
        let money = any("rp juta ribu uang dana");
        if any("lowongan loker rekrutmen recruitment")
            || any("penerimaan") && any("pegawai karyawan cpns pendamping")
        {
            return Some(Self::Job);
        }
        let gift = any("hadiah kuis voucher kupon bonus") || pair("bagi", "bagi") || pair("tebus", "murah");
        if any("undian giveaway berhadiah gebyar doorprize") || pair("give", "away") || gift && (way || money)
        {
            return Some(Self::Prize);
        }
        if any("pinjaman pinjol")
            && (way || money || any("tawarkan menawarkan pengajuan modal bunga jaminan"))
        {
            return Some(Self::Loan);
        }
        let given = any("bantuan bansos subsidi hibah santunan blt")
            && money
            && any("berikan beri bagikan bagi janjikan tawarkan menawarkan berupa sebesar gratis");
        let aid = any("bantuan bansos blt subsidi kuota pulsa hibah beasiswa santunan prakerja");
        if aid && (way || any("cair pencairan modal cek")) || given {
            return Some(Self::Aid);
        }
        (any("lelang promo diskon") && (way || any("murah pegadaian djkn hut"))).then_some(Self::Sale)
    }
}

/// Without one of these no kind is looked for.
#[rustfmt::skip]
const BAITS: [&str; 36] = [
    "lowongan", "loker", "rekrutmen", "recruitment", "penerimaan", "undian", "giveaway", "give", "berhadiah", "gebyar",
    "doorprize", "hadiah", "kuis", "voucher", "kupon", "bonus", "bagi", "tebus", "pinjaman", "pinjol", "bantuan", "bansos",
    "blt", "subsidi", "kuota", "pulsa", "hibah", "beasiswa", "santunan", "prakerja", "lelang", "promo", "diskon", "dana",
    "modal", "murah",
];

impl Claim {
    /// The recurring scam that this check debunks, if any.
    pub fn scam(&self) -> Option<Scam> {
        if matches!(self.rating(), Rating::True | Rating::MostlyTrue) {
            return None;
        }
        Scam::of_title(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bait_is_told_whoever_is_named() {
        for (title, kind) in [
            ("Lowongan Kerja PT Kelorang Jaya 2024", Some(Scam::Job)),
            ("Info Penerimaan Karyawan Baru PT Wirasana Lewat SMS", Some(Scam::Job)),
            ("Bupati Karangsuma Bagi-Bagi Rp50 Juta di TikTok", Some(Scam::Prize)),
            ("GEBYAR UNDIAN BANK SUKAMULUR", Some(Scam::Prize)),
            ("Tautan Pendaftaran Bansos Karangsuma", Some(Scam::Aid)),
            ("Akun TikTok Bank Sukamulur Tawarkan Pinjaman", Some(Scam::Loan)),
            ("Lelang Online Sepeda oleh Wirasana", Some(Scam::Sale)),
            ("Gambar Naga pada Kardus Bantuan Bencana", None),
            ("Presiden Batalkan Makan Siang Gratis", None),
            ("Penerimaan Pajak Turun", None),
            ("", None),
        ] {
            assert_eq!(Scam::of_title(title), kind, "{title}");
        }
    }

    #[test]
    fn what_is_true_is_no_scam() {
        let claim = |verdict: &str| -> Claim {
            let claim =
                serde_json::json!({"id": "c", "title": "Lowongan Kerja PT Kelorang", "verdict": verdict});
            serde_json::from_value(claim).unwrap()
        };
        assert_eq!((claim("Salah").scam(), claim("Benar").scam()), (Some(Scam::Job), None));
    }
}
