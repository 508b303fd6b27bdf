//! Trainers: from `SARING_DATA` to the files in `models/`, deterministic.
