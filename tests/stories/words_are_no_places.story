# Names of places that are ordinary words.
office: covers 35.03 | names Polres Trenggalek
source: grup | 35.03
capture: a | post | 2026-11-24T01:00:00Z | grup | Jangan suruh anak main di bendungan, bahaya
capture: b | post | 2026-11-24T02:00:00Z | grup | panggul nenek retak, butuh donor
capture: c | post | 2026-11-24T03:00:00Z | grup | Jalan di Kecamatan Panggul ambles, hati-hati
capture: d | post | 2026-11-24T04:00:00Z | grup | Pelaku membawa kampak lalu kabur
expect: a | place - | queue none
expect: b | place -
expect: c | place 35.03.01
expect: d | place -
