"""Discord: a translator of its events, a renderer, and the glue to discord.py."""
