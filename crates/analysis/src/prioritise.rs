//! Priority with reasons, and the queue (filled by the pipeline slice).
