"""The sentences of verdicts and of their page, by the templates beside this file."""

from firstbit.report import Wording

REASONS = Wording("firstbit.studies.verdicts", "reasons.jinja")
"""Why a verdict is what it is: its condition, its witness."""

ARGUMENTS = Wording("firstbit.studies.verdicts", "arguments.jinja")
"""What an argument says, and why it does not apply."""

PAGE = Wording("firstbit.studies.verdicts", "page.jinja")
"""The rest of the page."""
