"""The sentences of a judgement's page, by the template beside this file."""

from firstbit.report import Wording

PAGE = Wording("firstbit.studies.judging", "page.jinja")
