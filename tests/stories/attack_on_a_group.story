# An attack on a protected group goes to the hate queue; quoting it to oppose it does not.
needs: protected, group_attack
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
capture: a | post | 2026-11-24T01:00:00Z | grup | Usir semua orang suku Wanara dari kampung ini, mereka semua binatang
capture: b | post | 2026-11-24T02:00:00Z | grup | Orang Jawa itu semua penipu, usir saja mereka dari sini
capture: c | post | 2026-11-24T03:00:00Z | grup | Jangan bilang orang Jawa itu penipu, kita semua saudara, stop rasisme
expect: b | queue hate | reason may attack a protected group
expect: c | queue none
