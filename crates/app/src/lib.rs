//! What the program can do, free of HTTP and SQL texts: use cases, and the ports to the world outside.

pub mod clock;
pub mod locate;
