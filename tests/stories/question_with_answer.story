# Who asks gets an answer, not a hoax case.
needs: protected
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
claim: c1 | Salah | Bantuan dua juta cair lewat tautan pendaftaran keluarga sejahtera
capture: a | post | 2026-11-24T01:00:00Z | grup | Apa benar bantuan dua juta cair lewat tautan pendaftaran keluarga sejahtera? mohon infonya
expect: a | queue service | protected question
cases: a
