# A mention of the village an office added is a place of the office.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
area: 99.01.01.2001 | village | Desa Sumberwaru
claim: c1 | Salah | Beras bantuan di balai desa mengandung plastik
capture: a | post | 2026-11-24T01:00:00Z | grup | Beras bantuan di balai desa mengandung plastik, kejadian di Desa Sumberwaru
expect: a | queue hoax | place 99.01.01.2001 | reason names a place of this office: Desa Sumberwaru
cases: a
