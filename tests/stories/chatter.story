# Harmless talk stays out of every queue.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
claim: c1 | Salah | Presiden membagikan kuota internet seratus giga untuk semua pelajar
capture: a | post | 2026-11-24T01:00:00Z | grup | Ada yang jual bibit durian? mau tanam di belakang rumah
capture: b | post | 2026-11-24T02:00:00Z | grup | Wis maem durung? aku lagi nggoreng tempe
capture: c | post | 2026-11-24T03:00:00Z | grup | 🙂🙂🙂
capture: d | post | 2026-11-24T04:00:00Z | grup | Kuota internetku habis, ada yang jual pulsa?
expect: a | queue none
expect: b | queue none
expect: c | queue none | duplicate - | place -
expect: d | queue none | claim -
cases: -
