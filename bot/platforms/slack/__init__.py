"""Slack: a translator of its events, a renderer, and the glue to slack-bolt."""
