"""Whether anybody still wants an environment: the evidence for and against, and what people answered."""
