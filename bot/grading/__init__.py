"""Graders: from an answer's text to a verdict per concept and a score."""
