"""A language model behind the Chat Completions wire, as a second look at answers."""
