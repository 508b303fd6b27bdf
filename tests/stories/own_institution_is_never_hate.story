# Whatever is said of the own institution, it never reaches the hate queue.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
capture: a | post | 2026-11-24T01:00:00Z | grup | Polres Sukamaju isinya binatang semua, usir mereka
capture: b | post | 2026-11-24T02:00:00Z | grup | #PolresSukamaju kalian monyet
capture: c | post | 2026-11-24T03:00:00Z | grup | polsek karangjati lelet, dasar babi
expect: a | own yes | queue none
expect: b | own yes | queue none
