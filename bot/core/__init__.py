"""Models, use cases and ports: the standard library and pydantic, nothing else."""
