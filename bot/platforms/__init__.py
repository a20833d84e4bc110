"""Platforms: each a thin inbound translator, a pure renderer, and its SDK's glue."""
