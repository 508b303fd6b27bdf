# Who denies a hoax does not spread it.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
claim: c1 | Salah | Jembatan lereng utara roboh menimpa rombongan pengantin
capture: a | post | 2026-11-24T01:00:00Z | grup | Jembatan lereng utara roboh menimpa rombongan pengantin, kirim doa
capture: b | post | 2026-11-24T02:00:00Z | grup | HOAKS: jembatan lereng utara roboh menimpa rombongan pengantin. Sudah dicek, jembatan utuh
capture: c | article | 2026-11-24T03:00:00Z | warta | Kabar jembatan lereng utara roboh menimpa rombongan pengantin tidak benar, kata kepala dinas.
expect: a | queue hoax | claim c1
expect: b | queue none | claim -
expect: c | queue none | claim -
cases: a
