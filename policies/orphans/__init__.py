"""Whether anybody still wants an environment: what speaks for it and against, and what people answered."""
