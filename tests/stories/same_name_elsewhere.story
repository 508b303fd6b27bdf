# Districts of one name are told apart by what stands beside them.
office: covers 35.04 | names Polres Tulungagung
source: radar | 35.04
source: entah | 33
capture: a | article | 2026-11-24T01:00:00Z | radar | Kecelakaan di Kecamatan Gondang, seorang pengendara luka ringan.
capture: b | post | 2026-11-24T02:00:00Z | entah | Panen bawang di Kecamatan Gondang, Nganjuk, melimpah.
capture: c | post | 2026-11-24T03:00:00Z | radar | Pengajian di Kecamatan Bandung, Tulungagung, dibatalkan.
capture: d | post | 2026-11-24T04:00:00Z | entah | Konser di Kota Bandung dibatalkan.
expect: a | place 35.04.09
expect: b | place 35.18.17
expect: c | place 35.04.17
expect: d | place 32.73
