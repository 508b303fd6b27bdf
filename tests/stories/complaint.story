# A complaint about the own institution is something to answer, whatever its tone.
needs: protected
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
capture: a | post | 2026-11-24T01:00:00Z | grup | Sudah tiga kali lapor motor hilang ke Polres Sukamaju tidak ada tindak lanjut, pelayanan macam apa ini, tolong ditanggapi
expect: a | queue service | own yes | protected complaint
cases: a
