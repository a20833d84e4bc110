"""The commands behind ``interview-bot``, one module a group."""
