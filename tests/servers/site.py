"""A static site of 2,000 invented news pages with robots.txt and two sitemaps, served as files by Python's own web server.

Prints one line of JSON when ready. `site.py FOLDER`
"""

import functools
import http.server
import json
import pathlib
import sys
from datetime import datetime, timedelta, timezone

PAGES = 2_000
WIB = timezone(timedelta(hours=7))
PLACES = ["Karangjati", "Lerengwungu", "Watugiri", "Sumberwaru", "Tirtakarya"]
TOPICS = [
    ("Jembatan {place} dibuka lagi untuk truk ringan", "Perbaikan lantai jembatan selesai lebih cepat dari rencana."),
    ("Posyandu {place} menambah jam layanan", "Kader bertugas bergantian supaya ibu yang bekerja sempat datang."),
    ("Harga cabai di Pasar {place} turun", "Pedagang menyebut panen raya sebagai sebabnya."),
    ("Air bersih di {place} mengalir lagi", "Pipa yang pecah sudah diganti petugas sejak dini hari."),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def page(number, at):
    place, (headline, lead) = PLACES[number % len(PLACES)], TOPICS[number % len(TOPICS)]
    title = headline.format(place=place) + f", catatan ke-{number}"
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{title} - Kabar Lereng</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="{at.isoformat()}"></head>
<body><nav><a href="/">Beranda</a> <a href="/berita">Berita</a></nav>
<article><h1>{title}</h1>
<p>{place.upper()} - {lead} Kabar nomor {number} ini ditulis setelah warga bertanya di balai desa.</p>
<p>Baca juga: <a href="/berita/1.html">Kabar pertama dari lereng</a></p>
<p>Petugas meminta warga menunggu pengumuman resmi berikutnya dan tidak meneruskan pesan yang belum jelas asalnya.</p></article>
<footer>Hak cipta Kabar Lereng</footer></body></html>"""


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "berita").mkdir(parents=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    site = f"http://127.0.0.1:{server.server_port}"
    now = datetime.now(WIB).replace(microsecond=0)
    maps = []
    for part in range(2):
        entries = []
        for number in range(part * PAGES // 2 + 1, (part + 1) * PAGES // 2 + 1):
            at = now - timedelta(minutes=number)
            (folder / "berita" / f"{number}.html").write_text(page(number, at), encoding="utf-8")
            entries.append(f"<url><loc>{site}/berita/{number}.html</loc><lastmod>{at.isoformat()}</lastmod></url>")
        name = f"sitemap-{part}.xml"
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</urlset>'
        (folder / name).write_text(f'<?xml version="1.0" encoding="UTF-8"?>{body}', encoding="utf-8")
        maps.append(f"Sitemap: {site}/{name}\n")
    (folder / "robots.txt").write_text("User-agent: *\nAllow: /\n" + "".join(maps), encoding="utf-8")
    print(json.dumps({"site": site, "pages": PAGES}), flush=True)
    server.serve_forever()


main()
