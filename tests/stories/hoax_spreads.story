# One hoax, copied within hours: one case that grows.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
claim: c1 | Salah | Air sumur di Karangjati beracun setelah disuntik zat kimia oleh orang asing
capture: a | post | 2026-11-24T01:00:00Z | grup | Info A1! Air sumur di Karangjati beracun setelah disuntik zat kimia oleh orang asing. Sebarkan ke keluarga
capture: b | post | 2026-11-24T01:40:00Z | grup | INFO A1!! air sumur di Karangjati beracun setelah disuntik zat kimia oleh orang asing, sebarkan ke keluarga 🙏
capture: c | post | 2026-11-24T02:30:00Z | grup | Awas, air sumur di Karangjati beracun setelah disuntik zat kimia orang asing
capture: d | post | 2026-11-24T03:00:00Z | grup | Alhamdulillah panen cabai tahun ini bagus
expect: a | queue hoax | claim c1 | place 99.01.01 | duplicate - | reason repeats a claim rated false
expect: b | queue hoax | claim c1 | duplicate a | reason spreading: 2 copies in 1 h
expect: c | queue hoax | claim c1
expect: d | queue none | claim -
cases: a
