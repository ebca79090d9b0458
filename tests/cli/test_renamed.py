"""Options by their old names are refused, in a line with what they are called now."""

import pytest

from firstbit.cli import main
from firstbit.cli.renamed import OF_THE_CELL, RENAMED, refuse_old_names
from firstbit.errors import SettingError


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_option_is_refused_with_its_new_name(old):
    with pytest.raises(SettingError, match=f"got {old}; write {RENAMED[old]}"):
        refuse_old_names(["train", old, "3"])


@pytest.mark.parametrize("old", OF_THE_CELL)
def test_an_option_of_the_cell_belongs_to_its_text(old, capsys):
    assert main(["fates", "--cell", "gru", f"{old}=x"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    part = old.removeprefix("--")
    assert line.endswith(f"got {old}; write --cell NAME:SIZES,{part}=VALUE.")


def test_an_option_of_one_command():
    with pytest.raises(SettingError, match="got --gain; write --gains"):
        refuse_old_names(["phase", "--gain", "1"])
    refuse_old_names(["study", "--symbols", "9"])
    refuse_old_names([])
