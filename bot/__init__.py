"""A daily interview question for a team's channel, graded against a rubric."""

from typing import Final

__version__: Final = "0.1.0"
