# Of two hoaxes the one that may do harm comes first, and says why.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
claim: c1 | Salah | Vaksin anak di puskesmas Karangjati mengandung racun tikus dan menewaskan tujuh balita
claim: c2 | Salah | Artis dangdut membeli pulau seharga sepuluh triliun
capture: a | post | 2026-11-24T01:00:00Z | grup | Vaksin anak di puskesmas Karangjati mengandung racun tikus dan menewaskan tujuh balita
capture: b | post | 2026-11-24T02:00:00Z | grup | Artis dangdut membeli pulau seharga sepuluh triliun, wow
expect: a | queue hoax | reason may do harm: health
expect: b | queue hoax | claim c2
cases: a, b
