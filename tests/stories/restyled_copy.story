# Capitals, emoji and dots do not make a new text.
office: covers 99.01 | names Polres Sukamaju
area: 99 | province | Provinsi Nusa Lestari
area: 99.01 | regency | Kabupaten Sukamaju
area: 99.01.01 | district | Karangjati
area: 99.01.02 | district | Lerengwungu
area: 99.02 | regency | Kabupaten Tirtakarya
source: warta | 99.01
source: grup | 99.01
capture: a | post | 2026-11-24T01:00:00Z | grup | Mohon info, sejak semalam listrik di RT kami padam terus dan lampu jalan mati semua
capture: b | post | 2026-11-24T02:00:00Z | grup | MOHON INFO!!! sejak semalam listrik di RT kami padam terus & lampu jalan mati semua 😭😭
capture: c | post | 2026-11-24T03:00:00Z | grup | Mohon info jadwal posyandu bulan ini di balai warga sebelah utara lapangan
expect: a | duplicate -
expect: b | duplicate a
expect: c | duplicate -
