//! Known claims: does a post repeat what was already checked?
