# News about the own institution is filed; a page from elsewhere is not.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
capture: a | article | 2026-11-24T01:00:00Z | warta | Polres Sukamaju bagikan helm gratis kepada pelajar. Kegiatan berlangsung di halaman kantor.
capture: b | article | 2026-11-24T02:00:00Z | warta | Polres Tirtakarya membuka pendaftaran lomba lari.
capture: c | article | 2026-11-24T03:00:00Z | warta | Harga beras di pasar induk turun tipis.
expect: a | queue clipping | own yes | reason about the own institution
expect: b | queue none | own no
expect: c | queue none | own no
cases: a
