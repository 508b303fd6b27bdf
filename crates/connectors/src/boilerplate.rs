//! What content systems leave in articles: shortcodes, "read also" lines, share buttons, tails.

use regex::Regex;
use std::sync::LazyLock;

/// Shortcodes whose content is furniture too (related links, players, captions, forms).
const FURNITURE: &[&str] = &[
    "related",
    "baca",
    "juga",
    "ads",
    "iklan",
    "share",
    "button",
    "embed",
    "caption",
    "video",
    "audio",
    "gallery",
    "playlist",
    "instagram",
    "youtube",
    "tweet",
    "form",
    "newsletter",
    "subscribe",
    "script",
];
/// Shortcodes known by their bare name.
const BARE: &[&str] =
    &["gallery", "embed", "caption", "audio", "video", "playlist", "ads", "adsense", "toc", "iklan"];
/// How far a closing shortcode is looked for.
const REACH: usize = 4_000;
/// Before the first sentence stand so many lines at most,
const LEAD: usize = 16;
/// which are not longer than this, characters.
const NAME: usize = 60;
/// What follows the names of who wrote an article is no more than this part of it, per cent,
const AFTER: usize = 15;
/// where the article is of so many characters.
const ARTICLE: usize = 600;
/// A "read also" headline is not longer than this, characters.
const HEADLINE: usize = 160;

/// Where readers are asked to follow a medium.
const FOLLOWED: &[&str] =
    &["google news", "saluran whatsapp", "whatsapp channel", "grup whatsapp", "grup telegram"];

type Pattern = LazyLock<Option<Regex>>;

/// `[name attr=...]`, `[name]`, `[/name]`.
static SHORTCODE: Pattern = LazyLock::new(|| {
    Regex::new(r#"\[(/?)([a-z][a-z0-9_-]{1,60})((?:\s+[a-z_][\w-]*=[^\s\]][^\]]*)?)\s*/?\]"#).ok()
});
/// Lines that are furniture wherever they stand.
static LINE: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(
          (baca|simak|lihat|tonton)\ (juga|selengkapnya|pula)\b.* | (read|see)\ (also|more)\b.* | also\ read\b.*
        | (bagikan|share|sebarkan)(\ (ke|on|this|artikel\ ini|berita\ ini|post))?\W*
        | (facebook|twitter|x|whatsapp|telegram|line|linkedin|pinterest|copy\ link|salin\ tautan|tweet|email)\W*
        | advertisement\W* | iklan\W* | scroll\ to\ (continue|resume)\b.* | gulir\ untuk\ (lanjut|melanjutkan)\b.*
        | (artikel|berita|pos|related)\ (terkait|lainnya|posts|articles)\W*
        | (ikuti|follow|dapatkan|cek|(silakan\ |yuk\W+)?(baca|simak))\b.{0,120}\b(google\ news|saluran\ whatsapp|whatsapp\ channel|grup\ (telegram|whatsapp))\b.*
        | (yuk\W+)?(simak|tonton|lihat)\ (juga\ )?(video|foto|infografis)\b.{0,160}
        | (tulis|kirim|tinggalkan|lihat)\ komentar\W* | leave\ a\ (comment|reply)\W*
        | (muat|lihat|tampilkan)\ (lebih\ banyak|lainnya)\W* | load\ more\W*
        | (?-i:(Oleh|By|Von|Penulis|oleh|by|von)\ ?:?\ (\p{Lu}[\p{L}.'-]+\ ?){1,5}((\||,|-|\u{2013}|am|on|pada)?\ .{0,30}\d{4}.{0,20})?)
        | \d{1,2}[.:]\d{2}(\ (wib|wita|wit))?
        | (halaman|page)\ *:?\ *(\d{1,2}|selanjutnya|berikutnya|sebelumnya)(\W+(\d{1,2}|dari|of|selanjutnya|berikutnya|next|semua))*\W*
        | (selanjutnya|berikutnya|sebelumnya|next|previous|prev)\W* | 1\W+2(\W+\d{1,2})*(\W+(selanjutnya|next))?\W*
        | (tampilkan|lihat|show)\ (semua|all|seluruh\ halaman)\W* | lanjutkan\ membaca\b.{0,80}
        | (halaman\ )?(selanjutnya|berikutnya)\W+halaman\W*
        | (foto|gambar|ilustrasi|photo)\s*:\s*.{0,160} | \((foto|dok|ilustrasi)\b[^)]{0,120}\)
        | (komentar|comments?|credits?)\s*[:(]?\s*\d+\W* | (rating|vote)\b[\s(]*(voters?|photo|foto)?\W*
        | [^.!?]{0,160}\u{a9}[^.!?]{0,40}(\.[a-z]{2,4}\u{ae}?)?[^.!?]{0,40}
        | (post\ )?views?:?\ *[\d.,]*\W* | dilihat:?\ *[\d.,]+.*
        )$",
    )
    .ok()
});
/// Lines that are furniture at the end only.
static TAIL: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(
          (sumber|source)(\ (berita|artikel|foto))?\s*(:.{0,80})?
        | (editor|penulis|pewarta|reporter|redaktur|fotografer|laporan|author)(\ (&|dan|/)\ \p{L}{4,12})?\s*:.{0,80}
        | \(\p{L}{2,5}(/\p{L}{2,5})*\) | (versi\ )?(cetak|print)\W*
        | (tags?|kata\ kunci|topik|kategori|label)\s*:.*
        | (the\ post|artikel|postingan|tulisan|berita|pos)\b.{0,300}\b(appeared\ first\ on|pertama\ kali\ (muncul|tampil|terbit|ditayangkan|dimuat)|(muncul|tampil|terbit)\ pertama\ kali)\b.*
        | artikel\ ini\ (telah|sudah)\ (tayang|terbit)\b.{0,300} | (copyright|hak\ cipta|©).{0,120}
        )$",
    )
    .ok()
});
/// Lines that are furniture at the beginning only: the trail to the page, its date.
static HEAD: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(
          (beranda|home)\s*[/|>\u{bb}\u{203a}].{0,160}
        | ((senin|selasa|rabu|kamis|jum.?at|sabtu|minggu)\W+)?\d{1,2}[\ /-](\d{1,2}|\p{L}{3,9})[\ /-]\d{4}
          ([\s|,\u{2013}-]*(pukul|jam|\d[\d.:]*|wib|wita|wit|dilihat:?|dibaca:?|kali|views?|diskominfo|admin|humas|redaksi))*
        )\W*$",
    )
    .ok()
});
/// Who wrote it.
static CREDIT: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(
          \W*(editor|penulis|pewarta|reporter|redaktur)(\ (&|dan|/)\ \p{L}{4,12})?\s*:.{0,80}
        | \(\p{L}{2,5}(/\p{L}{2,8})+\)
        )$",
    )
    .ok()
});
/// Names in capitals that end an article, and initials behind its last sentence.
static SIGNED: Pattern = LazyLock::new(|| {
    Regex::new(r"^\p{Lu}[\p{Lu}.'-]{1,20}( \p{Lu}[\p{Lu}.'-]{0,20}){1,3}( ?\| ?[\p{Lu}. ]{2,30})?$").ok()
});
static INITIALS: Pattern = LazyLock::new(|| Regex::new(r"[ \u{a0}]*\(\p{Ll}{2,5}(/\p{Ll}{2,8})+\)\s*$").ok());
/// A tail that follows the last sentence on the same line.
static INLINE_TAIL: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?is)\s+((The post|Artikel|Postingan|Tulisan|Berita|Pos)\s(.{0,300}?)\s(appeared first on|pertama kali (muncul|tampil|terbit|ditayangkan|dimuat)|(muncul|tampil|terbit) pertama kali)\s.{0,200}|Sumber\s*:?)\s*$",
    )
    .ok()
});

/// An article's text without shortcodes, furniture lines and tails. What is left unchanged when all of it would go.
pub fn article(text: &str) -> String {
    let text = shortcodes(text);
    let mut kept: Vec<&str> = Vec::new();
    let (mut after_bare_hint, mut asked) = (false, None);
    for line in text.lines().map(str::trim) {
        let hint = is(&LINE, line);
        let headline = after_bare_hint && !line.is_empty() && line.chars().count() <= HEADLINE;
        if !line.is_empty() {
            after_bare_hint = hint && names_no_headline(line);
        }
        if hint && FOLLOWED.iter().any(|place| line.to_lowercase().contains(place)) {
            asked = asked.or(Some(kept.len()));
        }
        let doubled = line.is_empty() && kept.last().is_none_or(|last| last.is_empty());
        if !hint && !headline && !doubled {
            kept.push(line);
        }
    }
    // below the line of the editor, or the one that asks to follow, stand headlines of other articles and no sentence
    let ends = |at: &usize| kept[*at..].iter().all(|line| is(&TAIL, line) || no_sentence(line));
    let lines = (1..kept.len()).filter(|at| is(&TAIL, kept[*at]));
    if let Some(end) = lines.chain(asked.filter(|at| *at > 0)).filter(ends).min() {
        kept.truncate(end);
    }
    let sizes = |lines: &[&str]| lines.iter().map(|line| line.chars().count()).sum::<usize>();
    let whole = sizes(&kept);
    let credits = (1..kept.len()).filter(|at| is(&CREDIT, kept[*at]));
    if let Some(end) =
        credits.filter(|at| sizes(&kept[*at..]) * 100 <= whole * AFTER && whole >= ARTICLE).min()
    {
        kept.truncate(end);
    }
    while kept.len() > 1 && kept.last().is_some_and(|last| last.is_empty() || is(&TAIL, last)) {
        kept.pop();
    }
    if kept.len() > 4 && kept.last().is_some_and(|last| is(&SIGNED, last)) {
        kept.pop();
    }
    let whole = kept.join("\n");
    let mut out = whole.as_str();
    for tail in [&INLINE_TAIL, &INITIALS] {
        let end = tail.as_ref().and_then(|tail| tail.find(out)).map_or(out.len(), |found| found.start());
        out = out[..end].trim();
    }
    if out.is_empty() { text.trim().to_owned() } else { out.to_owned() }
}

/// The text without what stands before its first sentence: the trail, the headline, the date, what is above them and at
/// most two names below.
pub(crate) fn beginning<'a>(text: &'a str, title: &str) -> &'a str {
    let (mut at, mut end, mut names) = (0, 0, 0);
    for line in text.split_inclusive('\n').take(LEAD) {
        let bare = line.trim();
        let head = !bare.is_empty() && (bare.eq_ignore_ascii_case(title.trim()) || is(&HEAD, bare));
        let short = no_sentence(bare)
            && bare.chars().count() <= NAME
            && !bare.ends_with(['-', '\u{2013}', '\u{2014}']);
        at += line.len();
        if head {
            (end, names) = (at, 0);
        } else if !bare.is_empty() && end > 0 && short && names < 2 {
            (end, names) = (at, names + 1);
        } else if !bare.is_empty() && !short {
            break;
        }
    }
    let rest = if end > 0 { text[end..].trim_start() } else { text };
    if rest.is_empty() { text } else { rest }
}

/// Whether a line can be a headline, or is empty: it does not end as sentences and lists do.
fn no_sentence(line: &str) -> bool {
    line.chars().count() <= HEADLINE && !line.ends_with(['.', '"', '\u{201d}', ':', ';', ',', ')'])
}

fn is(pattern: &Pattern, line: &str) -> bool {
    line.len() < 1_000 && pattern.as_ref().is_some_and(|pattern| pattern.is_match(line))
}

/// "Baca juga:" alone: the headline it announces is the next line.
fn names_no_headline(line: &str) -> bool {
    let word = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(
        word.as_str(),
        "baca juga" | "simak juga" | "lihat juga" | "baca pula" | "read also" | "see also" | "also read"
    )
}

/// Text without shortcodes. Square brackets that are no shortcode (`[1]`, `[UPDATE]`, `[sic]`) stay.
pub fn shortcodes(text: &str) -> String {
    let Some(pattern) = SHORTCODE.as_ref() else { return text.to_owned() };
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(found) = pattern.captures_at(text, from) {
        let (Some(whole), Some(slash), Some(name), Some(attributes)) =
            (found.get(0), found.get(1), found.get(2), found.get(3))
        else {
            break;
        };
        out.push_str(&text[from..whole.start()]);
        from = whole.end();
        let closes = ahead(text, from).contains(&format!("[/{}]", name.as_str()));
        let clear = !attributes.is_empty() || name.as_str().contains('_') || BARE.contains(&name.as_str());
        if slash.is_empty() && !clear && !closes {
            out.push_str(whole.as_str());
            continue;
        }
        if slash.is_empty() && FURNITURE.iter().any(|word| name.as_str().contains(word)) {
            from = past_closing(text, from, name.as_str());
        }
        if !out.ends_with(char::is_whitespace) && !text[from..].starts_with(char::is_whitespace) {
            out.push(' ');
        }
    }
    out.push_str(&text[from..]);
    out.trim().to_owned()
}

fn past_closing(text: &str, from: usize, name: &str) -> usize {
    let closing = format!("[/{name}]");
    ahead(text, from).find(&closing).map_or(from, |at| from + at + closing.len())
}

/// What stands within reach of a place: to look further each time would be quadratic.
fn ahead(text: &str, from: usize) -> &str {
    &text[from..text.floor_char_boundary(from + REACH)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for pattern in [&SHORTCODE, &LINE, &TAIL, &HEAD, &INLINE_TAIL, &CREDIT, &SIGNED, &INITIALS] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn shortcodes_go_and_other_brackets_stay() {
        let cases = [
            (
                "Rapat selesai.[pos_terkait judul=\"baca juga\" jumlah=\"4\" gaya=\"daftar\"] Warga pulang.",
                "Rapat selesai. Warga pulang.",
            ),
            ("Awal [caption id=\"a1\" align=\"left\"]Foto: warga[/caption] akhir", "Awal  akhir"),
            ("[vc_row][vc_column width=\u{201d}1/2\u{201d}]Isi berita.[/vc_column][/vc_row]", "Isi berita."),
            ("[gallery] Isi", "Isi"),
            ("[quote]Kata beliau[/quote] lalu pergi", "Kata beliau lalu pergi"),
            (
                "Data [1] dan [sic] serta [UPDATE] [catatan redaksi]",
                "Data [1] dan [sic] serta [UPDATE] [catatan redaksi]",
            ),
            ("[video src='x.mp4' /]", ""),
            ("[tidak ditutup", "[tidak ditutup"),
        ];
        for (text, expect) in cases {
            assert_eq!(shortcodes(text), expect, "{text}");
        }
    }

    #[test]
    fn furniture_and_tails_go() {
        let body = "Bupati membuka pasar baru.\n\nPedagang senang.";
        let tails = [
            "Sumber:",
            "Sumber: Humas Desa",
            "Editor: Sri",
            "Tags: pasar, desa",
            "Bagikan:\nFacebook\nWhatsApp",
            "The post Pasar baru appeared first on Warta Sukamaju.",
            "Artikel Pasar baru pertama kali muncul di Warta Sukamaju.",
            "Postingan Pasar muncul pertama kali di Warta Sukamaju",
            "Copyright © 2026 Warta",
            "Post Views: 1.204",
            "Baca juga: Harga cabai turun",
            "Halaman 2",
            "Halaman: 1 2 3 Selanjutnya",
            "1 2 3",
            "Halaman 1 dari 3",
            "Tampilkan Semua",
            "Halaman Selanjutnya",
            "Foto: Antara/Budi",
            "Simak video: Detik-detik pasar dibuka",
            "(ani/bud)",
            "Cetak",
            "(Foto: dok. Humas Desa)",
            "Ikuti berita kami di Google News",
        ];
        for tail in tails {
            assert_eq!(article(&format!("{body}\n\n{tail}")), body, "{tail}");
        }
        let others = [
            "Redaktur & Reporter : Sri",
            "Redaktur & Reporter : Sri\n\nHarga cabai turun lagi\n\nBenarkah pasar lama dibongkar?",
            "Silakan baca konten menarik lainnya dari Warta di Google News\n\nHarga cabai turun lagi",
            "Yuk, simak juga video ini!",
        ];
        for tail in others {
            assert_eq!(article(&format!("{body}\n\n{tail}")), body, "{tail}");
        }
        for tail in [
            "Komentar : 0",
            "Credits (2)",
            "Sri/\u{a9}Warta.com\u{ae}/Budi",
            "Tulis komentar",
            "Muat lainnya",
            "Oleh: Sri Rahayu",
            "(Cas/Isk)\n\nCredits (2)",
        ] {
            assert_eq!(article(&format!("{body}\n\n{tail}")), body, "{tail}");
        }
        assert_eq!(article(&format!("{body} (ani/bud)")), body);
        assert_eq!(
            article(&format!("{body}\n\nLosnya beratap.\n\nSRI RAHAYU | WARTA")),
            format!("{body}\n\nLosnya beratap.")
        );
        assert_eq!(
            article("Aturan itu\n\nSYARAT UTAMA"),
            "Aturan itu\n\nSYARAT UTAMA",
            "too little to be signed"
        );
        let long =
            "Pasar itu dibangun dua tahun dan kini menampung seratus pedagang dari tiga dusun. ".repeat(10);
        let proverb = "Sabar itu indah, kata orang tua dahulu.";
        assert_eq!(article(&format!("{long}\n\nReporter : Sri\n\n{proverb}\n\nFOTO:")), long.trim());
        assert!(
            article(&format!("Reporter : Sri\n\n{long}")).ends_with(long.trim()),
            "what is above an article stays below"
        );
        let between = format!("{body}\n\nEditor: Sri\n\nPasar dibuka pukul enam.");
        assert_eq!(article(&between), between, "what goes on in sentences stays");
        let list = "Syaratnya:\n\nKartu keluarga\n\nBaca juga: Harga cabai turun\n\nSurat pengantar";
        assert!(article(list).ends_with("Surat pengantar"), "only below lines that end an article");
        let middle = "Bupati membuka pasar baru.\n\nBaca juga:\n\nHarga cabai turun lagi\n\nPedagang senang.";
        assert_eq!(article(middle), body);
        assert_eq!(
            article("Pedagang senang. The post Pasar baru appeared first on Warta Sukamaju."),
            "Pedagang senang."
        );
        assert_eq!(article("Kata dia selesai. (ani) Sumber:"), "Kata dia selesai. (ani)");
        assert_eq!(article("Sumber: air bersih di desa"), "Sumber: air bersih di desa", "never to nothing");
        let head = "Beranda / Berita / Detail\n\nPasar baru\n\nSelasa, 24 Nov 2026 07.15 WIB | Dilihat: 312 kali\n\n";
        assert_eq!(beginning(&format!("{head}{body}"), "Pasar baru"), body);
        let above = "WARTA DAERAH\n\nSelasa, 24 November 2026 07:15 |\n\nSri Rahayu\n\n";
        assert_eq!(beginning(&format!("{above}{body}"), "Pasar baru"), body);
        let placed = format!("Pasar baru\n\nSukamaju -\n\n{body}");
        assert!(beginning(&placed, "Pasar baru").starts_with("Sukamaju -"), "the place stays");
        let headed = format!("Pasar lama\n\n{body}");
        assert_eq!(beginning(&headed, "Pasar baru"), headed, "a heading within stays");
        let dated = "24 November 2026 menjadi hari bersejarah.\n\nPasar dibuka.";
        assert_eq!(beginning(dated, "Pasar"), dated);
        assert_eq!(beginning("Pasar baru", "Pasar baru"), "Pasar baru", "never to nothing");
        let safe = "Sumber air di desa itu kering.\n\nSelanjutnya polisi memeriksa tiga saksi.\n\nHalaman 2 dokumen itu hilang.\n\n24.000 jiwa mengungsi.\n\nBagikan masker kepada warga, kata camat.";
        assert_eq!(article(safe), safe);
    }
}
