"""The sentences of the study, by the templates beside this file."""

from firstbit.report import Wording

ANSWER = Wording("firstbit.studies.vanilla_or_gru", "answer.jinja")
"""The answer in one paragraph."""

PAGE = Wording("firstbit.studies.vanilla_or_gru", "page.jinja")
"""The rest of the page."""
