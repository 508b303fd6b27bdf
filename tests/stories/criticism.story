# Harsh criticism of an institution is no case at all.
needs: protected, group_attack
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
capture: a | post | 2026-11-24T01:00:00Z | grup | Polisi korup, kerjanya cuma pungli, bubarkan saja satuan itu
capture: b | post | 2026-11-24T02:00:00Z | grup | Bupati goblok, janji manis doang, jalan tetap hancur
capture: c | post | 2026-11-24T03:00:00Z | grup | Polres Sukamaju payah, tebang pilih, memalukan
expect: a | queue none
expect: b | queue none
expect: c | own yes
cases: -
