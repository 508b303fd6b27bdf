# A claim that was found true raises no hoax case.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
claim: c1 | Benar | Pasar Karangjati tutup tiga hari untuk perbaikan atap
claim: c2 | Menyesatkan | Harga gas melon naik dua kali lipat mulai Senin
capture: a | post | 2026-11-24T01:00:00Z | grup | Pasar Karangjati tutup tiga hari untuk perbaikan atap ya bu ibu
capture: b | post | 2026-11-24T02:00:00Z | grup | katanya harga gas melon naik dua kali lipat mulai Senin!!
expect: a | queue none | claim c1
expect: b | queue hoax | claim c2 | reason misleading
cases: b
