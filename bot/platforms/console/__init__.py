"""The console platform: a channel in the terminal."""
